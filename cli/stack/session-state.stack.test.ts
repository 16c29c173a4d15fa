import fs, { existsSync, readdirSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Sql } from 'postgres';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import type { z } from 'zod';
import { closeDatabase, connect, setDatabase } from '@/db/client';
import type { PersonActor } from '@/domain/actor';
import { newRequestId } from '@/domain/actor';
import type { Command, Query } from '@/domain/operation';
import { jobs } from '@/worker/schedule';
import { Scheduler } from '@/worker/scheduler';
import { type Pooler, startPooler } from './pooler';

const stack = inject('stack');
const primary = connect(stack.primary, { max: 2, name: 'test' });
const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'vigil-pooler-'));
fs.chmodSync(dir, 0o711);
let pooler: Pooler;
const clients: Sql[] = [];

/** A client of its own, as another process would be; all of a role share one connection to the server. */
const client = (role: 'web' | 'worker', name: string, max = 3): Sql => {
  const url = Object.assign(new URL(stack.roles[role]!), { host: pooler.host });
  const sql = connect(url.href, { max, prepare: false, name });
  clients.push(sql);
  return sql;
};

beforeAll(async () => {
  const secrets = JSON.parse(
    fs.readFileSync(path.join(path.dirname(stack.passwordFile), 'secrets.json'), 'utf8'),
  );
  pooler = await startPooler({
    dir: path.join(dir, 'pgbouncer'),
    serverPort: Number(new URL(stack.primary).port),
    secrets,
    settings: { default_pool_size: 1, reserve_pool_size: 0 },
  });
});
afterAll(async () => {
  await closeDatabase();
  await Promise.all(clients.map((sql) => sql.end({ timeout: 2 })));
  await pooler?.stop();
  await primary.end();
  fs.rmSync(dir, { recursive: true, force: true });
});

/**
 * What a session could hold; asked through the pooler, so of the very connection that everybody used. PgBouncer itself keeps
 * four settings equal to each client's own, and those of a transaction begin anew with the next.
 */
const sessionOf = async (sql: Sql) => {
  const [row] = await sql`select pg_backend_pid() as pid,
    (select count(*)::int from pg_locks where pid = pg_backend_pid() and locktype = 'advisory') as locks,
    (select count(*)::int from pg_prepared_statements) as statements,
    (select count(*)::int from pg_cursors where is_holdable) as cursors,
    (select count(*)::int from pg_listening_channels()) as channels,
    (select count(*)::int from pg_class where relpersistence = 't' and pg_table_is_visible(oid)) as tables,
    (select coalesce(array_agg(name order by name), '{}') from pg_settings
      where source = 'session' and not name like 'transaction\\_%'
        and name not in ('client_encoding', 'application_name', 'DateStyle', 'TimeZone')) as settings`;
  const { pid, ...held } = row as { pid: number } & Record<string, unknown>;
  return { pid, held };
};
const nothing = { locks: 0, statements: 0, cursors: 0, channels: 0, tables: 0, settings: [] };

type Operation = Query<z.ZodType, unknown> | Command<z.ZodType, unknown>;
const isOperation = (value: unknown): value is Operation =>
  typeof value === 'function' && ['query', 'command'].includes((value as { kind?: string }).kind ?? '');

/** Every query there is that asks for nothing in particular, found from the files: what is added is tried. */
const plainQueries = async (): Promise<Query<z.ZodType, unknown>[]> => {
  const found: Query<z.ZodType, unknown>[] = [];
  for (const { name } of readdirSync('domain', { withFileTypes: true }).filter((entry) =>
    entry.isDirectory(),
  )) {
    if (!existsSync(`domain/${name}/queries.ts`)) continue;
    const module: Record<string, unknown> = await import(`../../domain/${name}/queries.ts`);
    for (const value of Object.values(module))
      if (isOperation(value) && value.kind === 'query' && value.input.safeParse({}).success)
        found.push(value);
  }
  return found;
};

test('the console’s queries, of two processes in turn, leave nothing behind on the one connection', async () => {
  const admin: PersonActor = {
    kind: 'user',
    userId: '00000000-0000-4000-8000-000000000001',
    email: 'admin@example.org',
    name: 'admin',
    role: 'admin',
    sessionId: 'f'.repeat(64),
    ip: '192.0.2.1',
    userAgent: 'test',
    requestId: newRequestId(),
  };
  const [one, two] = [client('web', 'one'), client('web', 'two')];
  const queries = await plainQueries();
  expect(queries.length).toBeGreaterThan(15);
  const begin = await sessionOf(one);
  for (const query of queries)
    for (const sql of [one, two]) {
      setDatabase(sql);
      await expect(query(admin, {}), query.operation).resolves.toBeDefined();
    }
  const end = await sessionOf(two);
  expect(end.pid).toBe(begin.pid);
  expect(end.held).toEqual(nothing);
}, 120_000);

test('two workers run every job through one connection: nothing is set, locked or prepared afterwards', async () => {
  const [one, two] = [client('worker', 'worker-one'), client('worker', 'worker-two')];
  await primary`delete from job_slots`;
  const [{ now }] = (await primary`select clock_timestamp() as now`) as unknown as [{ now: Date }];
  const schedulers = [one, two].map(
    (sql, at) =>
      new Scheduler({ sql, worker: `worker-${at}`, jobs: jobs.map((job) => ({ ...job, atStart: true })) }),
  );
  await Promise.all(schedulers.map((scheduler) => scheduler.tick()));
  await Promise.all(schedulers.map((scheduler) => scheduler.idle()));
  const runs = await primary`select job_name, status, error_message from job_runs
    where started_at >= ${now} and status = 'failed'`;
  expect(runs).toEqual([]);
  expect((await sessionOf(one)).held).toEqual(nothing);
}, 120_000);

test('transactions of two clients take turns on the connection, and what one sets for itself the other does not see', async () => {
  const [one, two] = [client('web', 'three'), client('web', 'four')];
  await one.begin(async (tx) => {
    await tx`select set_config('app.mark', 'one', true), pg_advisory_xact_lock(41)`;
    await tx`set local statement_timeout = '9s'`;
  });
  const [row] =
    await two`select current_setting('app.mark', true) as mark, current_setting('statement_timeout') as timeout`;
  expect(row).toEqual({ mark: '', timeout: '10s' });
  expect((await sessionOf(two)).held).toEqual(nothing);
});

test('queries with and without parameters that share a connection are all answered', async () => {
  const sql = client('web', 'mixed', 1);
  for (let round = 0; round < 100; round += 1)
    expect(
      await Promise.all([
        sql`select 1 as n from pg_sleep(0.002)`,
        sql`select ${round}::int as n`,
        sql.unsafe('select 2 as n'),
        sql.unsafe('select $1::int as n', [round + 1]),
        sql.begin((tx) => tx`select ${round}::int as n`),
      ]),
    ).toEqual([[{ n: 1 }], [{ n: round }], [{ n: 2 }], [{ n: round + 1 }], [{ n: round }]]);
});
