import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { readMigrationFiles } from 'drizzle-orm/migrator';
import { drizzle } from 'drizzle-orm/postgres-js';
import { migrate as runMigrations } from 'drizzle-orm/postgres-js/migrator';
import type { Sql } from 'postgres';
import { findCapabilities, findReplicas } from './capabilities';
import { connect } from './client';
import { applyObjects } from './objects';
import { ensureRoles, oneLogin, ownerRole, type RoleUrls } from './roles';

const ownMigrations = fileURLToPath(new URL('../drizzle', import.meta.url));
const databaseName = 'fraud_detection';

/** Migrating is one at a time on a cluster: roles are shared by its databases. */
const lockKey = 0x76_69_67_69;

export type MigrateOptions = {
  /** Where the passwords of the roles are kept (0600). */
  passwordFile: string;
  /** The web and worker processes will come through PgBouncer. */
  pooler?: boolean;
  log?: (line: string) => void;
  migrationsFolder?: string;
  /** Only so many ordered migrations, and nothing that stands on them: the tables as they were, for an older backup. */
  stopAfter?: number;
};

/** SHA-256 of each ordered migration, as a database keeps it of those it has had. */
export const migrationHashes = (migrationsFolder = ownMigrations): string[] =>
  readMigrationFiles({ migrationsFolder }).map(({ hash }) => hash);

export type Migrated = { url: string; roles: RoleUrls; ownRoles: boolean };

/**
 * Creates the database `fraud_detection` on the server of `serverUrl` when it is missing.
 * @returns the URL of that database
 */
export const ensureDatabase = async (serverUrl: string, name = databaseName): Promise<string> => {
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  const sql = connect(serverUrl, { max: 1, name: 'migrate' });
  try {
    const [there] = await sql`select 1 from pg_database where datname = ${name}`;
    if (!there)
      await sql
        .unsafe(`create database "${name}" template template0 encoding 'UTF8'`)
        .catch((error: unknown) => {
          // Two starters at once: the other one made it.
          if ((error as { code?: string }).code !== '42P04' && (error as { code?: string }).code !== '23505')
            throw error;
        });
  } finally {
    await sql.end();
  }
  return url.href;
};

const prepareDatabase = async (sql: Sql, asOwner: boolean): Promise<void> => {
  const [row] = await sql`select current_database() as name`;
  try {
    await sql.unsafe(`alter database "${row?.name}" set timezone = 'UTC'`);
  } catch {
    // Not the owner of the database: the roles carry the time zone.
  }
  if (!asOwner) return;
  await sql.unsafe(`grant create, connect, temporary on database "${row?.name}" to ${ownerRole}`);
  await sql.unsafe(`grant usage, create on schema public to ${ownerRole}`);
  await sql.unsafe(`create schema if not exists drizzle authorization ${ownerRole}`);
};

/**
 * Brings a database to today's schema: roles, extensions, ordered migrations, replaceable objects, partitions.
 * Idempotent; takes a session lock, so two starters migrate once; killed anywhere, the next run converges.
 * @param url bootstrap login, direct (not through a pooler)
 */
export const migrate = async (url: string, options: MigrateOptions): Promise<Migrated> => {
  let abort = (): void => {};
  // The lock and SET ROLE belong to the session: the client would connect again without them and go on, or wait for ever.
  const lost = new Promise<never>((_, reject) => {
    abort = () => reject(new Error('the connection was lost while migrating'));
  });
  lost.catch(() => {});
  const sql = connect(url, {
    max: 1,
    name: 'migrate',
    prepare: false,
    arrays: false,
    lasting: true,
    onclose: () => abort(),
  });
  try {
    return await Promise.race([migrateIn(sql, url, options), lost]);
  } finally {
    await Promise.race([
      sql.end({ timeout: 1 }),
      new Promise((resolve) => setTimeout(resolve, 2_000).unref()),
    ]);
  }
};

/** Runs the ordered migrations, all of them or the first `stopAfter`. */
const runOrdered = async (
  sql: Sql,
  { migrationsFolder = ownMigrations, stopAfter }: MigrateOptions,
): Promise<void> => {
  if (stopAfter === undefined) return runMigrations(drizzle(sql), { migrationsFolder });
  const journal = JSON.parse(fs.readFileSync(path.join(migrationsFolder, 'meta', '_journal.json'), 'utf8'));
  const entries = (journal.entries as { tag: string }[]).slice(0, stopAfter);
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'vigil-migrations-'));
  try {
    fs.mkdirSync(path.join(folder, 'meta'));
    fs.writeFileSync(path.join(folder, 'meta', '_journal.json'), JSON.stringify({ ...journal, entries }));
    for (const { tag } of entries)
      fs.copyFileSync(path.join(migrationsFolder, `${tag}.sql`), path.join(folder, `${tag}.sql`));
    await runMigrations(drizzle(sql), { migrationsFolder: folder });
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
};

const migrateIn = async (sql: Sql, url: string, options: MigrateOptions): Promise<Migrated> => {
  const log = options.log ?? (() => {});
  await sql`select pg_advisory_lock(${lockKey})`;
  const roles = await ensureRoles(sql, url, options.passwordFile);
  const asOwner = roles !== null;
  if (!asOwner) log('this login may not create roles: every process uses it');
  const found = await findCapabilities(sql);
  await prepareDatabase(sql, asOwner);
  if (asOwner) await sql.unsafe(`set role ${ownerRole}`);
  await runOrdered(sql, options);
  if (asOwner) await sql.unsafe('reset role');
  const migrated = { url, roles: roles ?? oneLogin(url), ownRoles: asOwner };
  if (options.stopAfter !== undefined) return migrated;
  const applied = await applyObjects(sql, found, asOwner);
  if (applied.length > 0) log(`applied ${applied.length} database objects`);
  const around = { roles: asOwner, pooler: options.pooler ?? false, ...(await findReplicas(sql)) };
  for (const [capability, present] of Object.entries({ ...found, ...around }))
    await sql`insert into server_capabilities (capability, present) values (${capability}, ${present})
      on conflict (capability) do update set present = excluded.present, checked_at = now()`;
  const [made] = await sql`select ensure_partitions() as partitions`;
  if (Number(made?.partitions) > 0) log(`made ${made?.partitions} partitions`);
  return migrated;
};
