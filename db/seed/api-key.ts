import { sql } from 'drizzle-orm';
import { database } from '@/db/client';
import { apiScopes } from '@/domain/access';
import { systemActor } from '@/domain/actor';
import { hashKey, newKey } from '@/domain/api-keys/secret';
import { appendAudit } from '@/domain/audit';

const name = 'Demo payments';

/**
 * The demo's key with all scopes. A known key that still works is kept; otherwise a new one is made and the lost
 * one revoked, so that there is never a second that nobody has.
 * @returns the key, and whether it is new
 */
export const seedApiKey = async (
  known: string | undefined,
  owner: string,
): Promise<{ key: string; made: boolean }> => {
  if (known) {
    const [row] = await database().execute(sql`select 1 from api_keys where key_hash = ${hashKey(known)}
      and revoked_at is null and (expires_at is null or expires_at > now())`);
    if (row) return { key: known, made: false };
  }
  const { key, prefix, hash } = newKey();
  const scopes = sql.raw(`array[${apiScopes.map((scope) => `'${scope}'`).join(', ')}]`);
  await database().transaction(async (tx) => {
    const actor = systemActor('seed');
    const lost = await tx.execute<{ id: number; prefix: string }>(sql`
      update api_keys set revoked_at = now(), revoked_by = 'seed'
      where name = ${name} and created_by = 'seed' and revoked_at is null returning id, prefix`);
    for (const row of lost) {
      await appendAudit(tx, actor, 'api-key:revoke', {
        resourceType: 'api_key',
        resourceId: row.id,
        before: { prefix: row.prefix },
        reason: 'the file with the demo key was gone',
      });
    }
    const [row] = await tx.execute<{ id: number }>(sql`
      insert into api_keys (name, owner_id, prefix, key_hash, scopes, created_by)
      values (${name}, ${owner}, ${prefix}, ${hash}, ${scopes}, 'seed') returning id`);
    await appendAudit(tx, actor, 'api-key:create', {
      resourceType: 'api_key',
      resourceId: row?.id ?? null,
      after: { name, prefix, scopes: [...apiScopes] },
    });
  });
  return { key, made: true };
};
