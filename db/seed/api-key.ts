import { sql } from 'drizzle-orm';
import { database } from '@/db/client';
import { apiScopes } from '@/domain/access';
import { systemActor } from '@/domain/actor';
import { createApiKey, revokeApiKey } from '@/domain/api-keys/commands';
import { hashKey } from '@/domain/api-keys/secret';
import { expectValue } from './expect-value';

const name = 'Demo payments';
const actor = systemActor('seed');

/**
 * The demo's key with all scopes. A known key that still works is kept; otherwise a new one is made and the lost
 * one revoked, so that there is never a second that nobody has.
 * @returns the key, and whether it is new
 */
export const seedApiKey = async (known: string | undefined): Promise<{ key: string; made: boolean }> => {
  if (known) {
    const [row] = await database().execute(sql`select 1 from api_keys where key_hash = ${hashKey(known)}
      and revoked_at is null and (expires_at is null or expires_at > now())`);
    if (row) return { key: known, made: false };
  }
  const lost = await database().execute<{ id: number }>(
    sql`select id from api_keys where name = ${name} and revoked_at is null`,
  );
  for (const { id } of lost) {
    expectValue(await revokeApiKey(actor, { id, reason: 'The file with this key was gone' }));
  }
  const { key } = expectValue(await createApiKey(actor, { name, scopes: [...apiScopes], expiresAt: null }));
  return { key, made: true };
};
