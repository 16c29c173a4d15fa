import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { connect } from '@/db/client';
import { testDatabase } from '@/db/testing';
import type { Role } from '@/domain/access';
import type { Actor } from '@/domain/actor';
import {
  archiveMonth,
  bringBackMonth,
  cancelRequest,
  createIndex,
  dropIndex,
  makePartitions,
  rebuildIndex,
  restoreIndex,
} from '@/domain/maintenance/commands';
import { listRequests } from '@/domain/maintenance/queries';
import { holdMonth, releaseMonth } from '@/domain/storage/commands';
import { Maintenance } from './maintenance';

const t = await testDatabase();
const [person] = await t.sql<{ id: string }[]>`insert into console_users (email, name, role, created_by)
  values ('operator@example.org', 'Tomás Oliveira', 'db_operator', 'test') returning id`;
await t.sql`select ensure_partitions(now() - interval '30 months')`;
t.connectAs('web');

const sql = connect(t.urls.worker!, { max: 4, name: 'worker-test' });
const maintainer = connect(t.urls.maintainer!, { max: 2, name: 'maintainer-test' });
afterAll(async () => void (await Promise.all([sql.end(), maintainer.end()])));

const openMaintainer = (onclose: () => void) =>
  connect(t.urls.maintainer!, { max: 1, arrays: false, name: 'maintenance-test', onclose });
const worker = (options: Partial<ConstructorParameters<typeof Maintenance>[0]> = {}) =>
  new Maintenance({ sql, maintainer, openMaintainer, worker: 'w1', everyMs: 50, betweenMs: 100, ...options });

const as = (role: Role): Actor => ({
  kind: 'user',
  userId: person!.id,
  email: 'operator@example.org',
  name: 'Tomás Oliveira',
  role,
  sessionId: 's'.repeat(64),
  ip: '10.0.0.1',
  userAgent: 'test',
  requestId: 'req_test',
});
const operator = as('db_operator');
const reason = 'as agreed';

const idOf = (result: { ok: boolean; value?: { id: number }; error?: unknown }): number => {
  if (!result.ok || !result.value) throw new Error(JSON.stringify(result.error));
  return result.value.id;
};
const request = async (id: number) =>
  (
    await t.sql`select status, result, error_message as error, attempts, taken_by from maintenance_requests where id = ${id}`
  )[0];
const done = async (id: number) => {
  await worker().look();
  const row = await request(id);
  expect(row, row?.error).toMatchObject({ status: 'ok' });
  return row!.result as Record<string, unknown>;
};
const audits = (resource: string) =>
  t.sql`select action, actor_type, outcome, user_id, reason, new_values ->> 'status' as status from audit_trail
    where resource_id = ${resource} order by id`;
const monthsAgo = (count: number): string => {
  const now = new Date();
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - count, 1)).toISOString().slice(0, 7);
};
const nameOf = (month: string) => `transactions_y${month.replace('-', 'm')}`;
const parentOf = async (name: string) =>
  (
    await t.sql`select inhparent::regclass::text as parent from pg_inherits where inhrelid = to_regclass(${name})`
  )[0]?.parent;
const usage = async (name: string) =>
  (
    await t.sql`select leaves, invalid, incomplete, unused, definition from v_index_usage where name = ${name}`
  )[0];

beforeEach(async () => {
  await t.sql`delete from maintenance_requests`;
  await t.sql`delete from partition_holds`;
});

describe('partitions', () => {
  test('makes what is missing, also what stands beside its table', async () => {
    const gone = nameOf(monthsAgo(7));
    await t.sql.unsafe(`drop table ${gone}`);
    await t.sql.unsafe(
      `alter table rule_hits detach partition rule_hits_y${monthsAgo(-2).replace('-', 'm')}`,
    );
    const result = await done(idOf(await makePartitions(operator, {})));
    expect(result.made).toHaveLength(2);
    expect(result.held).toEqual([]);
    expect(await parentOf(gone)).toBe('transactions');
    expect(await t.sql`select * from missing_partitions()`).toEqual([]);
    const [owner] = await t.sql`select tableowner from pg_tables where tablename = ${gone}`;
    expect(owner?.tableowner).toBe('vigil_owner');
  });

  test('past months made for an import are held, so that the archive does not take them first', async () => {
    const [from, to] = [monthsAgo(33), monthsAgo(32)];
    const result = await done(idOf(await makePartitions(operator, { from, to })));
    expect(result.held).toEqual([from, to]);
    const due = await t.sql`select to_char(month, 'YYYY-MM') as month from months_to_archive()`;
    expect(due.map((row) => row.month)).not.toContain(from);
    expect(await makePartitions(operator, { from: to, to: from })).toMatchObject({
      ok: false,
      error: { code: 'invalid', field: 'to' },
    });
  });

  test('archives a month and brings it back, each on the record as asked for and as done', async () => {
    const month = monthsAgo(28);
    await done(idOf(await archiveMonth(operator, { month, reason })));
    expect(await parentOf(nameOf(month))).toBe('transactions_archive');
    expect(await archiveMonth(operator, { month, reason })).toMatchObject({
      ok: false,
      error: { code: 'conflict', detail: 'month.archived' },
    });
    await done(idOf(await bringBackMonth(operator, { month, reason: 'late chargebacks', until: null })));
    expect(await parentOf(nameOf(month))).toBe('transactions');
    const [hold] =
      await t.sql`select reason, held_by, until from partition_holds where month = ${`${month}-01`}::date`;
    expect(hold).toEqual({ reason: 'late chargebacks', held_by: person!.id, until: null });
    expect(await audits(month)).toMatchObject([
      { action: 'partition:archive', actor_type: 'user', status: 'waiting', reason },
      { action: 'partition:archive', actor_type: 'system', status: 'ok', outcome: 'success' },
      { action: 'partition:bring-back', actor_type: 'user', status: 'waiting', user_id: person!.id },
      { action: 'partition:bring-back', actor_type: 'system', status: 'ok' },
    ]);
  });

  test('a held month stays, and one for which payments may still come', async () => {
    const month = monthsAgo(27);
    expect(await holdMonth(operator, { month, reason: 'investigation', until: null })).toMatchObject({
      ok: true,
    });
    expect(await archiveMonth(operator, { month, reason })).toMatchObject({
      ok: false,
      error: { detail: 'month.held' },
    });
    await releaseMonth(operator, { month, reason: 'closed' });
    expect(await releaseMonth(operator, { month, reason: 'again' })).toMatchObject({
      ok: false,
      error: { code: 'not_found', detail: 'month.not_held' },
    });
    expect(await audits(month)).toMatchObject([
      { action: 'partition:hold' },
      { action: 'partition:release' },
    ]);
    expect(await archiveMonth(operator, { month: monthsAgo(2), reason })).toMatchObject({
      ok: false,
      error: { detail: 'month.too_young' },
    });
    expect(await archiveMonth(operator, { month: '1999-01', reason })).toMatchObject({
      ok: false,
      error: { code: 'not_found', detail: 'month.not_there' },
    });
  });

  test('a hold set between asking and archiving wins', async () => {
    const month = monthsAgo(26);
    const id = idOf(await archiveMonth(operator, { month, reason }));
    await holdMonth(operator, { month, reason: 'at the last moment', until: null });
    await worker().look();
    expect(await request(id)).toMatchObject({ status: 'failed', error: expect.stringContaining('is held') });
    expect(await parentOf(nameOf(month))).toBe('transactions');
    expect((await audits(month)).at(-1)).toMatchObject({ action: 'partition:archive', outcome: 'failure' });
  });

  test('waits for a long reader without queueing before payments, and says how often', async () => {
    const month = monthsAgo(25);
    const reader = await t.sql.reserve();
    await reader`begin`;
    await reader`select count(*) from transactions`;
    const id = idOf(await archiveMonth(operator, { month, reason }));
    const running = worker().look();
    await expect
      .poll(async () => (await listRequests(operator, {})).rows[0]?.progress?.waits, { timeout: 10_000 })
      .toBeGreaterThan(2);
    await reader`rollback`;
    reader.release();
    await running;
    expect(await request(id)).toMatchObject({ status: 'ok' });
  });
});

describe('indexes', () => {
  test('an index over every leaf, archived months too; dropped again, and restored from what was kept', async () => {
    const month = monthsAgo(24);
    await t.sql.unsafe(`select move_transactions_month('${month}-01', false)`);
    const name = 'transactions_country_amount_idx';
    const columns = [{ name: 'country' }, { name: 'amount', descending: true }];
    const made = await done(idOf(await createIndex(operator, { table: 'transactions', columns, reason })));
    expect(made.index).toBe(name);
    const [leaves] =
      await t.sql`select count(*)::int as n from v_partitions where parent = 'transactions' and leaf`;
    expect(await usage(name)).toMatchObject({ leaves: leaves!.n, invalid: false, incomplete: false });
    expect((await usage(name))?.definition).toContain('(country, amount DESC)');
    const lacking = () => t.sql`select * from unready_to_attach(${nameOf(month)}, 'transactions')`;
    expect(await lacking()).toEqual([]);
    expect(await createIndex(operator, { table: 'transactions', columns, reason })).toMatchObject({
      ok: false,
      error: { detail: 'index.there' },
    });

    const dropped = idOf(await dropIndex(operator, { index: name, reason }));
    expect((await done(dropped)).definition).toContain('country, amount DESC');
    expect(await usage(name)).toBeUndefined();
    expect(await t.sql`select 1 from pg_class where relname like '%country_amount%'`).toEqual([]);

    await done(idOf(await restoreIndex(operator, { request: dropped, reason })));
    expect(await usage(name)).toMatchObject({ leaves: leaves!.n, invalid: false });
    expect(await lacking()).toEqual([]);
  });

  test('an index that archived months lack is built before one comes back', async () => {
    const month = monthsAgo(23);
    await t.sql.unsafe(`select move_transactions_month('${month}-01', false)`);
    await t.sql`create index transactions_channel_idx on transactions (channel)`;
    await expect(t.sql.unsafe(`select move_transactions_month('${month}-01', true)`)).rejects.toMatchObject({
      code: '55000',
    });
    await done(idOf(await bringBackMonth(operator, { month, reason, until: null })));
    expect(await parentOf(nameOf(month))).toBe('transactions');
    expect(await usage('transactions_channel_idx')).toMatchObject({ invalid: false, incomplete: false });
  });

  test('a plain table, and an index broken off: rebuilt where it can be, dropped otherwise', async () => {
    const made = await done(
      idOf(await createIndex(operator, { table: 'merchants', columns: [{ name: 'country' }], reason })),
    );
    expect(made.definition).toContain('(country)');
    await done(idOf(await rebuildIndex(operator, { index: 'merchants_country_idx', reason })));
    await t.sql`insert into merchants (merchant_id, country) values ('a', 'DE'), ('b', 'DE')`;
    await expect(
      t.sql`create unique index concurrently merchants_once on merchants (country)`,
    ).rejects.toThrow();
    expect(await usage('merchants_once')).toMatchObject({ invalid: true });
    const rebuilt = idOf(await rebuildIndex(operator, { index: 'merchants_once', reason }));
    await worker().look();
    expect(await request(rebuilt)).toMatchObject({
      status: 'failed',
      error: expect.stringContaining('could not create unique index'),
    });
    await done(idOf(await dropIndex(operator, { index: 'merchants_once', reason })));
    expect(await usage('merchants_once')).toBeUndefined();
    expect(await t.sql`select name from v_index_usage where invalid`).toEqual([]);
  });

  test('a partitioned index that is incomplete is completed; one with all parts is rebuilt leaf by leaf', async () => {
    await t.sql`create index transactions_lonely on only transactions (latitude)`;
    expect(await usage('transactions_lonely')).toMatchObject({ incomplete: true });
    await done(idOf(await rebuildIndex(operator, { index: 'transactions_lonely', reason })));
    expect(await usage('transactions_lonely')).toMatchObject({ incomplete: false, invalid: false });
    const result = await done(idOf(await rebuildIndex(operator, { index: 'transactions_lonely', reason })));
    const [leaves] =
      await t.sql`select count(*)::int as n from v_partitions where parent = 'transactions' and leaf`;
    expect(result.rebuilt).toBe(leaves!.n);
    expect(await usage('transactions_lonely')).toMatchObject({ invalid: false, leaves: leaves!.n });
  });

  test('names come from the catalog: what is not there, or is needed, is refused', async () => {
    const columns = [{ name: 'country' }];
    const cases = [
      [await createIndex(operator, { table: 'pg_class', columns, reason }), 'index.no_table'],
      [
        await createIndex(operator, { table: `${nameOf(monthsAgo(0))}_low_risk`, columns, reason }),
        'index.no_table',
      ],
      [
        await createIndex(operator, {
          table: 'users',
          columns: [{ name: 'x); drop table users; --' }],
          reason,
        }),
        'index.no_column',
      ],
      [await dropIndex(operator, { index: 'users_pkey', reason }), 'index.needed'],
      [await dropIndex(operator, { index: 'nothing"; drop table users', reason }), 'index.not_there'],
      [await rebuildIndex(operator, { index: 'nothing', reason }), 'index.not_there'],
      [await restoreIndex(operator, { request: 999_999, reason }), 'index.not_dropped'],
    ] as const;
    for (const [result, detail] of cases) expect(result).toMatchObject({ ok: false, error: { detail } });
    expect(await t.sql`select 1 from maintenance_requests`).toEqual([]);
  });

  test('what was written into the table past the commands is not run', async () => {
    const [a] = await t.sql`insert into maintenance_requests (kind, arguments, requested_by)
      values ('create-index', ${t.sql.json({ table: 'users', columns: [{ name: 'country) ; drop table users; --' }] })}, 'x') returning id::int`;
    const [b] = await t.sql`insert into maintenance_requests (kind, arguments, requested_by)
      values ('vacuum-full', '{}', 'x') returning id::int`;
    await worker().look();
    expect(await request(a!.id)).toMatchObject({
      status: 'failed',
      error: expect.stringContaining('has no column'),
    });
    expect(await request(b!.id)).toMatchObject({
      status: 'failed',
      error: expect.stringContaining('not known'),
    });
    expect(await t.sql`select to_regclass('users') is not null as there`).toEqual([{ there: true }]);
    const web = connect(t.urls.web!, { max: 1 });
    try {
      await expect(web`update maintenance_requests set result = '{}'`).rejects.toMatchObject({
        code: '42501',
      });
      await expect(
        web`insert into maintenance_requests (kind, arguments, requested_by, result) values ('drop-index', '{}', 'x', '{}')`,
      ).rejects.toMatchObject({ code: '42501' });
    } finally {
      await web.end();
    }
  });
});

describe('workers', () => {
  test('of several one works, and every request once', async () => {
    for (let at = 20; at < 24; at += 1)
      idOf(await makePartitions(operator, { from: monthsAgo(at), to: monthsAgo(at) }));
    await Promise.all(['a', 'b', 'c'].map((name) => worker({ worker: name }).look()));
    const rows = await t.sql`select status, attempts, taken_by from maintenance_requests`;
    expect(rows.map((row) => [row.status, row.attempts])).toEqual(Array(4).fill(['ok', 1]));
    expect(new Set(rows.map((row) => row.taken_by)).size).toBe(1);
  });

  test('what a worker left behind is taken again, at most three times', async () => {
    const left = async (attempts: number) => {
      const [row] =
        await t.sql`insert into maintenance_requests (kind, arguments, requested_by, status, attempts, taken_by, started_at)
        values ('make-partitions', '{"from": null, "to": null}', 'x', 'running', ${attempts}, 'dead', now()) returning id::int`;
      return Number(row!.id);
    };
    const again = await left(1);
    const hopeless = await left(3);
    await worker().look();
    expect(await request(again)).toMatchObject({ status: 'ok', attempts: 2, taken_by: 'w1' });
    expect(await request(hopeless)).toMatchObject({
      status: 'failed',
      error: expect.stringContaining('ended before'),
    });
  });

  /** Makes a build wait: CREATE INDEX CONCURRENTLY waits for everybody who may see the table as it was. */
  const hold = async () => {
    const holder = await t.sql.reserve();
    await holder`begin`;
    await holder`insert into users (user_id) values (${crypto.randomUUID()})`;
    return async () => {
      await holder`rollback`;
      holder.release();
    };
  };
  const building = async () =>
    (await t.sql`select pid from pg_stat_progress_create_index where relid = 'users'::regclass`)[0]?.pid as
      | number
      | undefined;
  const columns = [{ name: 'display_name' }];

  test('a cancelled build ends at once and leaves nothing', async () => {
    const release = await hold();
    const id = idOf(await createIndex(operator, { table: 'users', columns, reason }));
    const running = worker().look();
    await expect.poll(building, { timeout: 10_000 }).toBeDefined();
    expect(await cancelRequest(operator, { id })).toMatchObject({ ok: true });
    await expect.poll(building, { timeout: 10_000 }).toBeUndefined();
    await release();
    await running;
    expect(await request(id)).toMatchObject({ status: 'cancelled' });
    expect(await usage('users_display_name_idx')).toBeUndefined();
    expect(await cancelRequest(operator, { id })).toMatchObject({
      ok: false,
      error: { detail: 'maintenance.over' },
    });
    const waiting = idOf(await createIndex(operator, { table: 'users', columns, reason }));
    await cancelRequest(operator, { id: waiting });
    await worker().look();
    expect(await request(waiting)).toMatchObject({ status: 'cancelled' });
  });

  test('a worker that ends gives its request back, and the next one finishes it', async () => {
    const release = await hold();
    const id = idOf(await createIndex(operator, { table: 'users', columns, reason }));
    const first = worker({ worker: 'first' });
    first.start();
    await expect.poll(building, { timeout: 10_000 }).toBeDefined();
    const asked = Date.now();
    await first.stop();
    expect(Date.now() - asked).toBeLessThan(5_000);
    expect(await request(id)).toMatchObject({ status: 'waiting', attempts: 0 });
    await release();
    await done(id);
    expect(await usage('users_display_name_idx')).toMatchObject({ invalid: false });
    expect(await t.sql`select name from v_index_usage where invalid`).toEqual([]);
  });

  test('a session that is killed loses its request to the next worker, and writes nothing more', async () => {
    await t.sql`drop index users_display_name_idx`;
    const release = await hold();
    const id = idOf(await createIndex(operator, { table: 'users', columns, reason }));
    const first = worker({ worker: 'first' }).look();
    await expect.poll(building, { timeout: 10_000 }).toBeDefined();
    await t.sql`select pg_terminate_backend(${(await building())!})`;
    await first;
    expect(await request(id)).toMatchObject({ status: 'running', taken_by: 'first' });
    await release();
    await done(id);
    expect(await request(id)).toMatchObject({ attempts: 2, taken_by: 'w1' });
    expect(await usage('users_display_name_idx')).toMatchObject({ invalid: false });
  });

  test('the same is asked for once, and roles without the right are refused', async () => {
    const given = { table: 'users', columns: [{ name: 'country' }], reason };
    idOf(await createIndex(operator, given));
    expect(await createIndex(operator, given)).toMatchObject({
      ok: false,
      error: { detail: 'maintenance.asked_already' },
    });
    expect(await createIndex(as('analyst'), given)).toMatchObject({ ok: false, error: { code: 'denied' } });
    expect(await createIndex(as('auditor'), given)).toMatchObject({ ok: false, error: { code: 'denied' } });
    expect((await listRequests(as('auditor'), {})).rows).toHaveLength(1);
  });
});
