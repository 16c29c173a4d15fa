import { and, eq, sql } from 'drizzle-orm';
import type { Db, Tx } from '@/db/client';
import { consoleUsers, knownDevices } from '@/db/schema';
import { readSettings } from '../settings/read';
import { addressFailures, addressMinutes, countTry, guardKeys } from './guard';
import { verifyPassword } from './password';

export type Person = { id: string; email: string; name: string; role: string };

/** How a try to sign in went. What the person at the form hears is the same for every refusal. */
export type Checked = {
  person: Person | null;
  right: boolean;
  refusal: 'wrong_password' | 'unknown' | 'disabled' | 'account_locked' | 'address_blocked' | null;
  /** This try was the last one before the account was locked. */
  lastTry: boolean;
  keys: { account: string; address: string };
};

type Try = { email: string; password: string; deviceHash: string | null; ip: string | null };

const findPerson = async (db: Db | Tx, email: string, deviceHash: string | null) => {
  const [row] = await db
    .select({
      id: consoleUsers.id,
      email: consoleUsers.email,
      name: consoleUsers.name,
      role: consoleUsers.role,
      passwordHash: consoleUsers.passwordHash,
      isActive: consoleUsers.isActive,
      device: knownDevices.deviceHash,
    })
    .from(consoleUsers)
    .leftJoin(
      knownDevices,
      and(eq(knownDevices.consoleUserId, consoleUsers.id), eq(knownDevices.deviceHash, deviceHash ?? '')),
    )
    .where(eq(sql`lower(${consoleUsers.email})`, email.toLowerCase()));
  return row ?? null;
};

/**
 * Counts the try against its address and its account, then checks the password; locked ones are never checked.
 * Works outside transactions, so that parallel tries are counted at once and hashing holds no lock.
 * @throws AppError('too_many') when too many passwords are being checked
 */
export const checkPassword = async (
  db: Db | Tx,
  { email, password, deviceHash, ip }: Try,
): Promise<Checked> => {
  const found = await findPerson(db, email, deviceHash);
  const person = found && { id: found.id, email: found.email, name: found.name, role: found.role };
  const keys = guardKeys(email, ip, found?.device ?? null);
  const limits = await readSettings(db, ['login.max_failures', 'login.lock_minutes']);
  const refused = (refusal: Checked['refusal'], lastTry = false): Checked => ({
    person,
    right: false,
    refusal,
    lastTry,
    keys,
  });

  const byAddress = await countTry(db, keys.address, { failures: addressFailures, minutes: addressMinutes });
  if (byAddress === null) return refused('address_blocked');
  const maximum = limits['login.max_failures'];
  const byAccount = await countTry(db, keys.account, {
    failures: maximum,
    minutes: limits['login.lock_minutes'],
  });
  if (byAccount === null) return refused('account_locked');

  const right = await verifyPassword(found?.passwordHash ?? null, password);
  const lastTry = byAccount >= maximum;
  if (!found) return refused('unknown', lastTry);
  if (!right) return refused('wrong_password', lastTry);
  if (!found.isActive) return refused('disabled', lastTry);
  return { person, right: true, refusal: null, lastTry: false, keys };
};
