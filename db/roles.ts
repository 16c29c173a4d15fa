import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Sql } from 'postgres';

/** The login roles of the processes and of people; `vigil_owner` owns everything and cannot sign in. */
export const loginRoles = ['web', 'ingest', 'worker', 'maintainer', 'planner', 'readonly'] as const;
export type LoginRole = (typeof loginRoles)[number];
export type RoleUrls = Record<LoginRole, string>;

const ownerRole = 'vigil_owner';

type Passwords = Partial<Record<LoginRole, string>>;

const readPasswords = (file: string): Passwords =>
  existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Passwords) : {};

const writePasswords = (file: string, passwords: Passwords): void => {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(passwords, null, 2)}\n`, { mode: 0o600 });
  chmodSync(file, 0o600);
};

const withLogin = (bootstrapUrl: string, role: LoginRole, password: string): string => {
  const url = new URL(bootstrapUrl);
  url.username = `vigil_${role}`;
  url.password = password;
  return url.href;
};

const settings: Record<LoginRole, Record<string, string>> = {
  web: { statement_timeout: '10s', idle_in_transaction_session_timeout: '10s', lock_timeout: '3s' },
  ingest: { statement_timeout: '5s', idle_in_transaction_session_timeout: '5s', lock_timeout: '3s' },
  worker: { statement_timeout: '5min', idle_in_transaction_session_timeout: '1min', lock_timeout: '3s' },
  maintainer: { statement_timeout: '1h', idle_in_transaction_session_timeout: '1min' },
  // Asks for plans of recorded statements; see domain/database/explain.ts.
  planner: {
    statement_timeout: '2s',
    idle_in_transaction_session_timeout: '5s',
    lock_timeout: '100ms',
    default_transaction_read_only: 'on',
  },
  readonly: { statement_timeout: '30s', idle_in_transaction_session_timeout: '30s' },
};

/** True when the bootstrap login may make roles. */
export const canCreateRoles = async (sql: Sql): Promise<boolean> => {
  const [row] = await sql`select rolsuper or rolcreaterole as may from pg_roles where rolname = current_user`;
  return row?.may === true;
};

/**
 * Makes the roles that are missing. Roles belong to the cluster: an existing one keeps its password, which must
 * then be known here, unless VIGIL_RESET_ROLE_PASSWORDS=1 asks for new ones.
 * @returns the URL of each role, or null when this login may not create roles (then all use the one login).
 */
export const ensureRoles = async (
  sql: Sql,
  bootstrapUrl: string,
  passwordFile: string,
): Promise<RoleUrls | null> => {
  if (!(await canCreateRoles(sql))) return null;
  const passwords = readPasswords(passwordFile);
  const existing = new Set(
    (await sql`select rolname from pg_roles where rolname like 'vigil\\_%'`).map(
      (row) => row.rolname as string,
    ),
  );
  if (!existing.has(ownerRole)) await sql.unsafe(`create role ${ownerRole} nologin`);
  await sql.unsafe(`grant ${ownerRole} to current_user`);
  for (const role of loginRoles) {
    const name = `vigil_${role}`;
    const known = passwords[role];
    if (existing.has(name) && !known && process.env.VIGIL_RESET_ROLE_PASSWORDS !== '1')
      throw new Error(
        `role ${name} exists on this server and ${passwordFile} does not know its password: ` +
          'copy the file from where it was made, or set VIGIL_RESET_ROLE_PASSWORDS=1 to give new ones',
      );
    if (!known || !existing.has(name)) {
      const password = known ?? randomBytes(24).toString('base64url');
      // Written first: a role whose password nobody knows would be worse than a password without its role.
      writePasswords(passwordFile, Object.assign(passwords, { [role]: password }));
      await sql.unsafe(
        `${existing.has(name) ? 'alter' : 'create'} role ${name} login password '${password}'`,
      );
    }
    await sql.unsafe(`alter role ${name} set timezone = 'UTC'`);
    for (const [setting, value] of Object.entries(settings[role]))
      await sql.unsafe(`alter role ${name} set ${setting} = '${value}'`);
  }
  // GRANT takes only a literal name; the list is ours.
  await sql.unsafe(`grant ${ownerRole} to vigil_maintainer`);
  // signal_session() belongs to the maintainer: whoever applies the objects hands it over.
  await sql.unsafe('grant vigil_maintainer to current_user');
  const monitors = ['vigil_owner', 'vigil_web', 'vigil_worker', 'vigil_maintainer'];
  for (const grant of [
    `grant pg_monitor to ${monitors.join(', ')}`,
    'grant pg_signal_backend to vigil_maintainer',
    // For drop_unread_slot(); nobody can sign in as the owner, so nobody copies the server with it.
    `alter role ${ownerRole} replication`,
  ]) {
    // A managed server may keep these to itself; the health page then shows less, only our own sessions can be ended, no slot dropped.
    await sql.unsafe(grant).catch(() => {});
  }
  const urls = loginRoles.map((role) => [role, withLogin(bootstrapUrl, role, passwords[role] as string)]);
  return Object.fromEntries(urls) as RoleUrls;
};

/** All processes through one login, where roles cannot be made. */
export const oneLogin = (bootstrapUrl: string): RoleUrls =>
  Object.fromEntries(loginRoles.map((role) => [role, bootstrapUrl])) as RoleUrls;

export { ownerRole };
