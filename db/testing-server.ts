import { createHash, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import postgres from 'postgres';
import type { TestProject } from 'vitest/node';
import { type Embedded, startEmbedded } from './embedded';
import type { EmbeddedMajor } from './embedded-place';
import { migrate } from './migrate';
import { type ProcessMark, postgresProcessesIn, signal, stillRuns } from './process-table';

export type TestServer = {
  /** Login that may create databases, on the maintenance database. */
  admin: string;
  /** Migrated once; every test file works in a copy of it. */
  template: string;
  /** One URL a role, all naming the template. */
  roles: Record<string, string>;
  /** Host and port of a PgBouncer in front of the server, through which the web's and the worker's URLs lead. */
  pooler: string | null;
  /** Where the passwords of the cluster's roles are, for tests that migrate by themselves. */
  passwordFile: string;
};

declare module 'vitest' {
  export interface ProvidedContext {
    testServer: TestServer;
  }
}

const prefix = 'vigil-test-';

/**
 * Starts one throw-away cluster for the run (of the major version in VIGIL_TEST_POSTGRES), or uses
 * VIGIL_TEST_DATABASE_URL, with VIGIL_TEST_POOLER in front of it, and migrates the template once.
 */
export default async function setup(project: TestProject) {
  const given = process.env.VIGIL_TEST_DATABASE_URL;
  let server: Embedded | undefined;
  let dir: string | undefined;
  if (!given) {
    removeAbandoned();
    dir = fs.mkdtempSync(path.join(os.tmpdir(), prefix));
    const version = readMajor(process.env.VIGIL_TEST_POSTGRES);
    // What incidents need that no running server can be given: prepared transactions and an archive.
    const settings = {
      max_connections: 300,
      max_prepared_transactions: 10,
      archive_mode: 'on',
      archive_command: 'test ! -e archive-fails',
    };
    server = await startEmbedded({ dir, version, durable: false, settings });
  }
  const admin = given ?? server!.url;
  const template = `vigil_test_${randomBytes(5).toString('hex')}`;
  const sql = postgres(admin, { max: 1, onnotice: () => {} });
  const close = async () => {
    await dropAll(sql, template).catch(() => {});
    await sql.end({ timeout: 5 });
    await server?.stop();
    if (dir) fs.rmSync(dir, { recursive: true, force: true });
    if (server) fs.rmSync(server.dataDir, { recursive: true, force: true });
  };
  try {
    await sql.unsafe(`create database ${template} template template0`);
    const url = new URL(admin);
    url.pathname = `/${template}`;
    const passwordFile = process.env.VIGIL_TEST_PASSWORD_FILE ?? rolePasswords(admin, dir);
    const { roles } = await migrate(url.href, { passwordFile });
    const pooler = process.env.VIGIL_TEST_POOLER || null;
    if (pooler) await letPoolerIn(url.href);
    project.provide('testServer', { admin, template, roles: { ...roles }, pooler, passwordFile });
  } catch (error) {
    await close();
    throw error;
  }
  return close;
}

/** Looking logins up is done in the database that is asked for; the copies of the template get it with the rest. */
async function letPoolerIn(url: string): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  await sql.unsafe(fs.readFileSync(new URL('../deploy/pgbouncer.sql', import.meta.url), 'utf8'));
  await sql.end();
}

function readMajor(text: string | undefined): EmbeddedMajor {
  const major = Number(text || 18);
  if (major === 16 || major === 17 || major === 18) return major;
  throw new Error(`VIGIL_TEST_POSTGRES is ${text}; it takes 16, 17 or 18.`);
}

/** Roles outlive a run on a server that was given to us, so their passwords must too. */
function rolePasswords(admin: string, dir?: string): string {
  if (dir) return path.join(dir, 'roles.json');
  const server = createHash('sha256').update(new URL(admin).host).digest('hex').slice(0, 12);
  return path.join(os.tmpdir(), `vigil-roles-${server}.json`);
}

async function dropAll(sql: postgres.Sql, template: string): Promise<void> {
  const rows = await sql`select datname from pg_database where starts_with(datname, ${template})`;
  for (const { datname } of rows) await sql.unsafe(`drop database if exists "${datname}" with (force)`);
}

/** A run that was killed leaves its cluster in the temporary folder; the next run takes it away. */
function removeAbandoned(): void {
  for (const name of fs.readdirSync(os.tmpdir())) {
    if (!name.startsWith(prefix)) continue;
    const dir = path.join(os.tmpdir(), name);
    try {
      const mark: ProcessMark = JSON.parse(fs.readFileSync(path.join(dir, 'supervisor.json'), 'utf8'));
      if (stillRuns(mark)) continue;
      for (const pid of postgresProcessesIn(path.join(dir, 'data'))) signal(pid, 'SIGKILL');
      fs.rmSync(dir, { recursive: true, force: true });
    } catch {
      // Another user's, or one that is being made right now.
    }
  }
}
