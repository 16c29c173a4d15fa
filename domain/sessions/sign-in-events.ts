import { sql } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import type { Actor } from '../actor';
import { raiseEvent } from '../security-events/raise';
import { readSetting } from '../settings/read';
import type { Checked } from './check-password';

/** Says when a failed try locked an account, or was one of many on different accounts from one address. */
export const raiseForFailure = async (
  tx: Tx,
  actor: Actor,
  email: string,
  checked: Checked,
): Promise<void> => {
  if (checked.lastTry)
    await raiseEvent(tx, {
      type: 'login.lockout',
      severity: 'warning',
      description: `Account locked after wrong passwords: ${email}`,
      userId: checked.person?.id ?? null,
      ip: actor.ip,
      metadata: { email },
    });
  if (!actor.ip) return;
  const accounts = await readSetting(tx, 'login.spray_accounts');
  // One address at a time, so that parallel tries raise it once.
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`spray:${actor.ip}`}, 0))`);
  const [row] = await tx.execute<{ accounts: number; raised: boolean }>(sql`
    select (select count(distinct new_values ->> 'email')::int from audit_trail
        where action = 'session:sign-in' and outcome = 'failure' and timestamp > now() - interval '10 minutes'
          and ip_address = ${actor.ip}::inet and new_values ->> 'email' <> ${email}) + 1 as accounts,
      exists (select from security_events where event_type = 'login.password_spraying'
        and ip_address = ${actor.ip}::inet and created_at > now() - interval '10 minutes') as raised`);
  if (!row || row.raised || row.accounts < accounts) return;
  await raiseEvent(tx, {
    type: 'login.password_spraying',
    severity: 'critical',
    description: `Failed sign-ins on ${row.accounts} accounts from ${actor.ip} within ten minutes`,
    ip: actor.ip,
    metadata: { accounts: row.accounts },
  });
};

/** Remembers the device; a person's second and later devices are an event. */
export const noteDevice = async (
  tx: Tx,
  signIn: { userId: string; name: string; deviceHash: string | null; sessionId: string; actor: Actor },
): Promise<void> => {
  if (!signIn.deviceHash) return;
  const [row] = await tx.execute<{ known: boolean; others: boolean }>(sql`
    with known as (select device_hash from known_devices where console_user_id = ${signIn.userId}::uuid),
    noted as (insert into known_devices (console_user_id, device_hash) values (${signIn.userId}::uuid, ${signIn.deviceHash})
      on conflict (console_user_id, device_hash) do update set last_seen_at = now())
    select exists (select from known where device_hash = ${signIn.deviceHash}) as known,
      exists (select from known) as others`);
  if (!row || row.known || !row.others) return;
  await raiseEvent(tx, {
    type: 'login.new_device',
    severity: 'info',
    description: `${signIn.name} signed in from a device not seen before`,
    userId: signIn.userId,
    ip: signIn.actor.ip,
    sessionId: signIn.sessionId,
    metadata: { userAgent: signIn.actor.userAgent?.slice(0, 300) ?? null },
  });
};
