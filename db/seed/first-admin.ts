import { sql } from 'drizzle-orm';
import { database } from '@/db/client';
import { systemActor } from '@/domain/actor';
import { appendAudit } from '@/domain/audit';
import { hashOf, newToken } from '@/domain/sessions/token';

const address = 'admin@vigil.example';
const validHours = 24;

/**
 * Without demo accounts somebody must be able to sign in: makes the first administrator, without a password, and
 * a link to set one. Each start makes a new link and ends the one before, until an administrator can sign in.
 * @returns the token of the link, or null when there is an administrator who can sign in
 */
export const seedFirstAdmin = async (): Promise<{ email: string; token: string } | null> =>
  database().transaction(async (tx) => {
    const [able] = await tx.execute(
      sql`select 1 from console_users where role = 'admin' and is_active and password_hash is not null limit 1`,
    );
    if (able) return null;
    const [row] = await tx.execute<{ id: string; fresh: boolean }>(sql`
      insert into console_users (email, name, role, created_by) values (${address}, 'Administrator', 'admin', 'seed')
      on conflict ((lower(email))) do update set is_active = true returning id, (xmax = 0) as fresh`);
    const token = newToken();
    await tx.execute(
      sql`update password_links set used_at = now() where console_user_id = ${row!.id} and used_at is null`,
    );
    await tx.execute(sql`insert into password_links (token_hash, console_user_id, created_by, expires_at)
      values (${hashOf(token)}, ${row!.id}, 'seed', now() + make_interval(hours => ${validHours}))`);
    await appendAudit(tx, systemActor('seed'), row!.fresh ? 'person:create' : 'person:reset-password', {
      resourceType: 'person',
      resourceId: row!.id,
      after: { email: address, role: 'admin', link: 'one-time' },
    });
    return { email: address, token };
  });
