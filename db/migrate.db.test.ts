import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import postgres from 'postgres';
import { afterAll, describe, expect, inject, test } from 'vitest';
import { dumpSchema } from './dump-schema';
import { migrate } from './migrate';
import { testDatabase } from './testing';

const t = await testDatabase();
const server = inject('testServer');
const admin = postgres(server.admin, { max: 2, onnotice: () => {} });
const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'vigil-migrate-'));
const passwordFile = path.join(dir, 'roles.json');
// The roles are those of the whole cluster: their passwords are the ones that the template's URLs carry.
fs.writeFileSync(
  passwordFile,
  JSON.stringify(
    Object.fromEntries(Object.entries(server.roles).map(([role, url]) => [role, new URL(url).password])),
  ),
);

const made: string[] = [];
const emptyDatabase = async (): Promise<string> => {
  const name = `${server.template}_m${randomBytes(5).toString('hex')}`;
  await admin.unsafe(`create database ${name} template template0`);
  made.push(name);
  const url = new URL(server.admin);
  url.pathname = `/${name}`;
  return url.href;
};
const dumpOf = async (url: string): Promise<string> => {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    return await dumpSchema(sql);
  } finally {
    await sql.end();
  }
};
const reference = await dumpSchema(t.sql);

afterAll(async () => {
  for (const name of made) await admin.unsafe(`drop database if exists ${name} with (force)`);
  await admin.end();
  fs.rmSync(dir, { recursive: true, force: true });
});

test('migrating twice changes nothing: not one object is applied again', async () => {
  const lines: string[] = [];
  await migrate(t.url, { passwordFile, log: (line) => lines.push(line) });
  expect(lines).toEqual([]);
  expect(await dumpOf(t.url)).toBe(reference);
});

test('starters at once migrate once', async () => {
  const url = await emptyDatabase();
  const lines: string[] = [];
  await Promise.all([1, 2, 3].map(() => migrate(url, { passwordFile, log: (line) => lines.push(line) })));
  expect(lines.filter((line) => line.startsWith('applied'))).toHaveLength(1);
  expect(await dumpOf(url)).toBe(reference);
});

test('a table of somebody else in the schema stops nothing and stays as it is', async () => {
  const url = await emptyDatabase();
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  await sql.unsafe('create table theirs (id serial primary key)');
  await migrate(url, { passwordFile });
  const [row] = await sql`select has_table_privilege('vigil_web', 'theirs', 'select') as may,
    has_table_privilege('vigil_web', 'transactions', 'select') as may_ours`;
  expect(row).toEqual({ may: false, may_ours: true });
  await sql.end();
});

test('every object can be applied again over itself', async () => {
  const url = await emptyDatabase();
  await migrate(url, { passwordFile });
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  const files = (await sql`select file from applied_objects order by file`).map((row) => row.file as string);
  for (const file of [files[0]!, '130_fraud_dashboard.sql']) {
    await sql`update applied_objects set hash = 'older' where file = ${file}`;
    await migrate(url, { passwordFile });
    expect(await dumpOf(url)).toBe(reference);
  }
  // Killed after the first of them: what stands on it is not taken for applied.
  await sql`delete from applied_objects`;
  await sql.unsafe('drop materialized view mv_fraud_dashboard_realtime');
  await migrate(url, { passwordFile });
  expect(await dumpOf(url)).toBe(reference);
  await sql.end();
});

describe('a killed migration', () => {
  const killAfter = async (url: string, ms: number): Promise<void> => {
    const migrating = migrate(url, { passwordFile }).catch((error: unknown) => error);
    await new Promise((resolve) => setTimeout(resolve, ms));
    await admin`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = ${new URL(url).pathname.slice(1)} and application_name = 'vigil-migrate'`;
    await migrating;
  };

  test.each([20, 70, 140, 250, 420])('after %i ms converges on the next run', async (ms) => {
    const url = await emptyDatabase();
    await killAfter(url, ms);
    await migrate(url, { passwordFile });
    expect(await dumpOf(url)).toBe(reference);
  });

  test('again and again on the same database converges', async () => {
    const url = await emptyDatabase();
    for (const ms of [40, 90, 160]) await killAfter(url, ms);
    await migrate(url, { passwordFile });
    expect(await dumpOf(url)).toBe(reference);
  }, 120_000);
});
