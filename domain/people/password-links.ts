import { sql } from 'drizzle-orm';
import type { Db, Tx } from '@/db/client';
import { type Actor, actorId } from '../actor';
import { hashOf, newToken } from '../sessions/token';

export const linkHours = 24;

/** Shown once: the token is part of the address `/password/<token>`; only its hash is kept. */
export type PasswordLink = { token: string; expiresAt: string };

/** Makes a one-time link for a person; earlier ones stop working. */
export const makeLink = async (tx: Tx, actor: Actor, personId: string): Promise<PasswordLink> => {
  const token = newToken();
  await tx.execute(sql`update password_links set used_at = now()
    where console_user_id = ${personId}::uuid and used_at is null`);
  const [row] = await tx.execute<{ expires_at: string }>(sql`
    insert into password_links (token_hash, console_user_id, created_by, expires_at)
    values (${hashOf(token)}, ${personId}::uuid, ${actorId(actor)}, now() + make_interval(hours => ${linkHours}))
    returning expires_at`);
  return { token, expiresAt: new Date(row?.expires_at ?? 0).toISOString() };
};

export type LinkOwner = { id: string; email: string; name: string; role: string };

/** Whose unused, unexpired link this is; null otherwise. */
export const findLinkOwner = async (db: Db | Tx, token: string): Promise<LinkOwner | null> => {
  const [row] = await db.execute<LinkOwner>(sql`
    select u.id, u.email, u.name, u.role from password_links l join console_users u on u.id = l.console_user_id
    where l.token_hash = ${hashOf(token)} and l.used_at is null and l.expires_at > now() and u.is_active`);
  return row ?? null;
};

/** Uses a link up; false when another request was faster. */
export const useUp = async (tx: Tx, token: string): Promise<boolean> => {
  const rows = await tx.execute(sql`update password_links set used_at = now()
    where token_hash = ${hashOf(token)} and used_at is null and expires_at > now() returning token_hash`);
  return rows.length === 1;
};
