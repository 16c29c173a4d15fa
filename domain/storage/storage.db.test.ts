import { statfsSync } from 'node:fs';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { testDatabase } from '@/db/testing';
import type { Role } from '@/domain/access';
import type { Actor } from '@/domain/actor';
import * as maintenance from '@/domain/maintenance/queries';
import { holdMonth, releaseMonth } from './commands';
import * as storage from './queries';

const t = await testDatabase({ role: 'web' });
const [person] = await t.sql<{ id: string }[]>`insert into console_users (email, name, role, created_by)
  values ('operator@example.org', 'Tomás Oliveira', 'db_operator', 'test') returning id`;
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
const monthsAgo = (count: number): string => {
  const now = new Date();
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - count, 1)).toISOString().slice(0, 7);
};
const nameOf = (month: string) => `transactions_y${month.replace('-', 'm')}`;
const spanOf = async (month: string) =>
  (await storage.storageTimeline(operator, { table: 'transactions' })).spans.find(
    (span) => span.key === month,
  );
const tableOf = async (name: string) =>
  (await storage.storageOverview(operator, {})).tables.find((table) => table.name === name);
const pay = (one: typeof t.sql, month: string, count: number, level: string, tag: string) =>
  one`insert into transactions (transaction_id, user_id, merchant_id, transaction_timestamp, amount, currency, amount_base,
      fraud_score, risk_level, decision, decision_version, latency_ms, recorded_at)
    select ${tag} || n, 'u', 'm', ${`${month}-05T12:00:00Z`}::timestamptz + make_interval(secs => n), 10, 'EUR', 10, 0.1, ${level}, 'ALLOW', 'test', 5, now()
    from generate_series(1, ${count}) n`;

beforeAll(async () => {
  await t.sql`select ensure_partitions(now() - interval '27 months')`;
  // One session, so that its counts have reached the server before it is vacuumed.
  const one = await t.sql.reserve();
  await pay(one, monthsAgo(5), 300, 'LOW', 'low');
  await pay(one, monthsAgo(5), 20, 'CRITICAL', 'critical');
  await pay(one, monthsAgo(0), 7, 'HIGH', 'now');
  await one`select pg_stat_force_next_flush()`;
  await one.unsafe('vacuum analyze');
  one.release();
});
beforeEach(async () => {
  await t.sql`delete from partition_holds`;
});

describe('what the page reads', () => {
  test('every partitioned table with its partitions as the catalog has them', async () => {
    const { tables, server } = await storage.storageOverview(operator, {});
    expect(server.version).toMatch(/^\d\d/);
    const counted =
      await t.sql`select parent, count(*)::int as parts from v_partitions where leaf group by parent`;
    expect(
      new Map(tables.filter((table) => table.parts > 0).map((table) => [table.name, table.parts])),
    ).toEqual(new Map(counted.map((row) => [row.parent, row.parts])));
    const payments = tables.find((table) => table.name === 'transactions');
    expect(payments).toMatchObject({
      step: 'month',
      split: 'risk',
      rows: 327,
      rowsNow: 7,
      missing: 0,
      archive: false,
    });
    const [size] = await t.sql`select sum(pg_total_relation_size(relid))::float8 as bytes
      from pg_partition_tree('transactions') where isleaf`;
    expect(payments!.bytes / size!.bytes).toBeGreaterThan(0.9);
    expect(payments!.bytes).toBeLessThanOrEqual(size!.bytes);
    expect(payments!.coveredUntil!.slice(0, 7)).toBe(monthsAgo(-4));
  });

  test('a gap: where it is, what follows from it, and statements that close it', async () => {
    const month = monthsAgo(-2);
    await t.sql.unsafe(`drop table ${nameOf(month)}_high_risk`);
    await t.sql.unsafe(
      `alter table ml_features detach partition ml_features_y${monthsAgo(-3).replace('-', 'm')}`,
    );
    expect((await spanOf(month))?.cells).toMatchObject({
      high: { state: 'missing' },
      low: { state: 'empty' },
    });
    expect(await tableOf('transactions')).toMatchObject({
      missing: 1,
      coveredUntil: `${month}-01T00:00:00.000Z`,
    });
    expect(await tableOf('ml_features')).toMatchObject({ missing: 1, beside: 1 });
    const missing = await storage.missingPartitions(operator, {});
    expect(missing).toMatchObject({
      count: 2,
      rows: [
        { name: `${nameOf(month)}_high_risk`, table: 'transactions', beside: false },
        { table: 'ml_features', beside: true },
      ],
    });
    for (const statement of missing.statements) await t.sql.unsafe(statement);
    expect(await storage.missingPartitions(operator, {})).toMatchObject({
      count: 0,
      rows: [],
      statements: [],
    });
    expect((await spanOf(month))?.cells.high?.state).toBe('empty');
  });

  test('a timeline by month, by month and risk, and by day', async () => {
    const payments = await storage.storageTimeline(operator, { table: 'transactions' });
    expect(payments).toMatchObject({ step: 'month', lanes: ['high', 'low'] });
    expect(payments.spans[0]?.key).toBe(monthsAgo(27));
    expect((await spanOf(monthsAgo(5)))?.cells).toMatchObject({
      high: { state: 'filled', rows: 20, name: `${nameOf(monthsAgo(5))}_high_risk` },
      low: { state: 'filled', rows: 300 },
    });
    expect(payments.fullAt.low).toBeGreaterThanOrEqual((await spanOf(monthsAgo(5)))!.cells.low!.bytes);
    const hits = await storage.storageTimeline(operator, { table: 'rule_hits' });
    expect(hits).toMatchObject({ step: 'month', lanes: ['all'] });
    const metrics = await storage.storageTimeline(operator, { table: 'system_metrics' });
    expect(metrics.step).toBe('day');
    expect(metrics.spans.at(-1)?.key).toMatch(/^\d{4}-\d\d-\d\d$/);
  });

  test('what the archive takes next, with open alerts, holds, and what may go by hand', async () => {
    const [oldest, held] = [monthsAgo(27), monthsAgo(26)];
    await t.sql`insert into fraud_alerts (transaction_id, transaction_timestamp, user_id, merchant_id, amount, currency, amount_base,
        fraud_score, risk_level, decision, severity, reasons, queue_at, sla_due_at)
      select 'x' || n, ${`${oldest}-03T00:00:00Z`}::timestamptz, 'u', 'm', 10, 'EUR', 10, 0.9, 'HIGH', 'REVIEW', 'warning', '[]', now(), now()
      from generate_series(1, 2) n`;
    expect(await holdMonth(operator, { month: held, reason: 'chargebacks', until: null })).toMatchObject({
      ok: true,
    });
    const preview = await storage.archivePreview(operator, {});
    const due = await t.sql`select to_char(month, 'YYYY-MM') as month from months_to_archive()`;
    expect(preview.due.map(({ month }) => month)).toEqual(due.map((row) => row.month));
    expect(preview).toMatchObject({
      keepMonths: 24,
      due: [
        {
          month: oldest,
          openAlerts: 2,
          leaves: [{ name: `${nameOf(oldest)}_high_risk` }, { name: `${nameOf(oldest)}_low_risk` }],
        },
        {},
      ],
      held: [{ month: held, reason: 'chargebacks', by: 'Tomás Oliveira', until: null }],
      next: { month: monthsAgo(24), openAlerts: 0, at: `${monthsAgo(-1)}-01T00:00:00.000Z` },
      archived: [],
      job: null,
    });
    const movable = preview.movable.map(({ month }) => month);
    expect(movable).not.toContain(held);
    expect(movable).not.toContain(monthsAgo(2));
    expect(movable.at(-1)).toBe(monthsAgo(3));
    await t.sql`select move_transactions_month(${`${oldest}-01`}::date, false)`;
    expect((await storage.archivePreview(operator, {})).archived).toMatchObject([{ month: oldest }]);
    expect(await spanOf(oldest)).toMatchObject({ archived: true, cells: { low: { state: 'archived' } } });
    await t.sql`select move_transactions_month(${`${oldest}-01`}::date, true)`;
  });

  test('tables and indexes with the sizes that the server has', async () => {
    const { rows } = await storage.listTables(operator, {});
    const sizes =
      await t.sql`select coalesce(p.root, c.oid)::regclass::text as name, sum(pg_total_relation_size(c.oid))::float8 as bytes
      from pg_class c left join lateral (select pg_partition_root(c.oid)::oid as root where c.relispartition) p on true
      where c.relkind in ('r', 'm') and c.relnamespace = 'public'::regnamespace group by 1`;
    const known = new Map(sizes.map((row) => [row.name, row.bytes]));
    for (const name of ['transactions', 'console_users', 'mv_fraud_dashboard_realtime'])
      expect(rows.find((row) => row.name === name)?.bytes, name).toBeLessThanOrEqual(known.get(name));
    const payments = rows.find((row) => row.name === 'transactions');
    expect(payments).toMatchObject({ kind: 'partitioned', rows: 327 });
    expect(payments!.bytes).toBe(payments!.heapBytes + payments!.toastBytes + payments!.indexBytes);
    expect(rows.some((row) => row.name.startsWith('transactions_y'))).toBe(false);
    const indexes = await storage.listIndexes(operator, {});
    const [leaves] = await t.sql`select count(*)::int from pg_partition_tree('transactions') where isleaf`;
    const key = indexes.rows.find((row) => row.table === 'transactions' && row.guards === 'primary key');
    expect(key).toMatchObject({
      unused: false,
      droppable: false,
      leaves: leaves!.count,
    });
    expect(await storage.getIndex(operator, { index: key!.name })).toMatchObject({ name: key!.name });
    expect(indexes.indexable.find((one) => one.table === 'transactions')?.columns).toContain('country');
    await expect(storage.getIndex(operator, { index: "x'; drop table rules; --" })).rejects.toMatchObject({
      failure: { code: 'not_found', field: 'index' },
    });
  });

  test('the last run of the jobs, and their pause', async () => {
    await t.sql`insert into job_runs (job_name, started_at, ended_at, status, error_message, started_by)
      values ('ensure-partitions', now() - interval '1 minute', now(), 'failed', 'no room', 'worker')`;
    await t.sql`insert into job_pauses (job_name, paused_by, reason) values ('ensure-partitions', 'x', 'a reason')`;
    expect((await storage.missingPartitions(operator, {})).job).toMatchObject({
      status: 'failed',
      error: 'no room',
      paused: true,
    });
    await t.sql`delete from job_pauses`;
    await t.sql`delete from job_runs`;
  });
});

describe('the disk', () => {
  afterEach(async () => {
    delete process.env.VIGIL_DISK_PATH;
    await t.sql`delete from system_metrics_daily`;
    await t.sql`delete from system_config where config_key = 'database.disk_gb'`;
  });

  test('has no limit that nobody has named, the measured one, or the configured one', async () => {
    expect(await storage.diskUse(operator, {})).toMatchObject({
      limit: null,
      limitFrom: null,
      fullAt: null,
      bytesADay: null,
    });
    process.env.VIGIL_DISK_PATH = '/no/such/folder';
    expect((await storage.diskUse(operator, {})).limit).toBeNull();
    process.env.VIGIL_DISK_PATH = '/';
    const measured = await storage.diskUse(operator, {});
    const { bavail, bsize } = statfsSync('/');
    expect(measured.limitFrom).toBe('measured');
    expect(Math.abs(measured.limit! - measured.bytes - bavail * bsize)).toBeLessThan(5e9);
  });

  test('is full on the day to which its growth leads', async () => {
    const mib = 1024 ** 2;
    const [size] = await t.sql`select pg_database_size(current_database())::float8 as bytes`;
    await t.sql`insert into system_metrics_daily (metric_name, day, samples, mean_value, min_value, max_value)
      select 'db.database_size', current_date - n, 1440, v, v, v
      from generate_series(0, 29) n, lateral (select ${size!.bytes / mib}::float8 - n * 0.5 as v) x`;
    await t.sql`insert into system_config (config_key, config_value, updated_by) values ('database.disk_gb', '1'::jsonb, 'test')
      on conflict (config_key) do update set config_value = excluded.config_value`;
    const disk = await storage.diskUse(operator, {});
    expect(disk).toMatchObject({ limit: 1e9, limitFrom: 'configured', stepSeconds: 86_400 });
    expect(disk.bytesADay! / mib).toBeCloseTo(0.5, 1);
    const days = (Date.parse(disk.fullAt!) - Date.now()) / 86_400_000;
    expect(days).toBeCloseTo((1e9 - disk.bytes) / disk.bytesADay!, 0);
  });
});

describe('in nobody’s way', () => {
  const readAll = () =>
    Promise.all([
      storage.storageOverview(operator, {}),
      storage.storageTimeline(operator, { table: 'transactions' }),
      storage.missingPartitions(operator, {}),
      storage.archivePreview(operator, {}),
      storage.listTables(operator, {}),
      storage.listIndexes(operator, {}),
      storage.diskUse(operator, {}),
    ]);

  test('reads no row of a partition', async () => {
    const scans = async () => {
      await t.sql`select pg_stat_force_next_flush()`;
      const [row] =
        await t.sql`select sum(seq_scan + coalesce(idx_scan, 0))::int as scans from pg_stat_user_tables
        where relname like 'transactions%' or relname like 'ml_features%' or relname like 'audit_trail%'`;
      return row!.scans;
    };
    const before = await scans();
    await readAll();
    expect(await scans()).toBe(before);
  });

  test('waits for no lock on a partition, and says so where it would have to wait', async () => {
    await t.sql.begin(async (tx) => {
      await tx.unsafe(`lock table ${nameOf(monthsAgo(5))} in access exclusive mode`);
      await readAll();
    });
    await t.sql.begin(async (tx) => {
      await tx`lock table partition_holds in access exclusive mode`;
      await expect(storage.archivePreview(operator, {})).rejects.toMatchObject({
        failure: { code: 'timed_out', detail: 'storage.locked' },
      });
    });
  });
});

describe('a hold', () => {
  const audits = (month: string) =>
    t.sql`select action, old_values, new_values, reason, user_id from audit_trail where resource_id = ${month} order by id`;

  test('is set, changed and released, each on the record', async () => {
    const month = monthsAgo(20);
    const until = new Date(Date.now() + 86_400_000).toISOString();
    await holdMonth(operator, { month, reason: 'first reason', until });
    expect((await spanOf(month))?.hold).toMatchObject({
      reason: 'first reason',
      by: 'Tomás Oliveira',
      until,
    });
    await holdMonth(operator, { month, reason: 'second reason', until: null });
    expect(await releaseMonth(operator, { month, reason: 'all done' })).toMatchObject({ ok: true });
    expect((await spanOf(month))?.hold).toBeNull();
    expect(await releaseMonth(operator, { month, reason: 'all done' })).toMatchObject({
      ok: false,
      error: { code: 'not_found', detail: 'month.not_held', field: 'month' },
    });
    expect(await audits(month)).toMatchObject([
      {
        action: 'partition:hold',
        old_values: null,
        new_values: { reason: 'first reason' },
        user_id: person!.id,
      },
      {
        action: 'partition:hold',
        old_values: { reason: 'first reason' },
        new_values: { reason: 'second reason' },
      },
      { action: 'partition:release', old_values: { reason: 'second reason' }, reason: 'all done' },
    ]);
  });

  test('of a month that is not there, or in the archive, is refused and leaves nothing', async () => {
    const month = monthsAgo(25);
    await t.sql`select move_transactions_month(${`${month}-01`}::date, false)`;
    expect(await holdMonth(operator, { month, reason: 'a reason', until: null })).toMatchObject({
      error: { code: 'conflict', detail: 'month.archived' },
    });
    expect(await holdMonth(operator, { month: '1999-01', reason: 'a reason', until: null })).toMatchObject({
      error: { code: 'not_found', detail: 'month.not_there' },
    });
    expect(await t.sql`select from partition_holds`).toHaveLength(0);
    await t.sql`select move_transactions_month(${`${month}-01`}::date, true)`;
  });
});

describe('bad input and the wrong role', () => {
  const hold = { month: monthsAgo(6), reason: 'a reason', until: null };
  const commands: [string, unknown, string][] = [
    ['a month that is none', { ...hold, month: '2026-13' }, 'month'],
    ['a month with NUL', { ...hold, month: '2026-01\u0000' }, 'month'],
    ['a month that is a number', { ...hold, month: 202601 }, 'month'],
    ['no reason', { ...hold, reason: '  ' }, 'reason'],
    ['a reason of 501', { ...hold, reason: 'x'.repeat(501) }, 'reason'],
    ['a day in the past', { ...hold, until: '2020-01-01T00:00:00Z' }, 'until'],
    ['a day in six years', { ...hold, until: `${new Date().getFullYear() + 6}-01-01T00:00:00Z` }, 'until'],
    ['a day without a zone', { ...hold, until: '2030-01-01T00:00:00' }, 'until'],
    ['a key too many', { ...hold, also: 1 }, 'also'],
  ];
  test.each(commands)('%s', async (_, input, field) => {
    expect(await holdMonth(operator, input as never)).toMatchObject({
      ok: false,
      error: { code: 'invalid', field },
    });
  });

  const queries: [string, () => Promise<unknown>][] = [
    ['a table that is not partitioned', () => storage.storageTimeline(operator, { table: 'rules' } as never)],
    ['a table with NUL', () => storage.storageTimeline(operator, { table: 'transactions\u0000' } as never)],
    ['a key too many', () => storage.storageTimeline(operator, { table: 'transactions', x: 1 } as never)],
    ['input where none is', () => storage.storageOverview(operator, { x: 1 } as never)],
    ['an index with NUL', () => storage.getIndex(operator, { index: 'a\u0000b' })],
    ['an index without a name', () => storage.getIndex(operator, { index: '' })],
    ['a page of NaN', () => maintenance.listRequests(operator, { limit: Number.NaN })],
    ['a page of a thousand', () => maintenance.listRequests(operator, { limit: 1000 })],
    ['a cursor that is none', () => maintenance.listRequests(operator, { cursor: '☃', limit: 8 })],
  ];
  test.each(queries)('%s', async (_, ask) => {
    await expect(ask()).rejects.toMatchObject({ failure: { code: 'invalid' } });
  });

  test('an auditor reads and changes nothing; an analyst does neither', async () => {
    expect((await storage.storageOverview(as('auditor'), {})).tables.length).toBeGreaterThan(7);
    for (const role of ['auditor', 'analyst'] as const) {
      expect(await holdMonth(as(role), hold)).toMatchObject({ ok: false, error: { code: 'denied' } });
      expect(await releaseMonth(as(role), { month: hold.month, reason: 'a reason' })).toMatchObject({
        error: { code: 'denied' },
      });
    }
    for (const ask of [
      () => storage.storageOverview(as('analyst'), {}),
      () => storage.listIndexes(as('analyst'), {}),
      () => maintenance.listRequests(as('analyst'), { limit: 8 }),
    ])
      await expect(ask()).rejects.toMatchObject({ failure: { code: 'denied' } });
    expect(await t.sql`select from partition_holds`).toHaveLength(0);
  });
});
