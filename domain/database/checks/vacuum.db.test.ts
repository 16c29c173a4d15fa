import { afterAll, describe, expect, test } from 'vitest';
import { connect } from '@/db/client';
import { testDatabase } from '@/db/testing';
import { scriptIncident } from './testing';

const t = await testDatabase({ role: 'web' });
const holder = connect(t.url, { max: 1, name: 'holder' });
const sql = connect(t.url, { max: 1, name: 'incident' });
afterAll(() => Promise.all([sql, holder].map((one) => one.end({ timeout: 2 }))));
/** Counts of rows reach the statistics within a second of their transaction; here they are wanted at once. */
const counted = async (text: string) => {
  await sql.unsafe(text);
  await sql`select pg_stat_force_next_flush()`;
};
const [server] = await sql`select current_setting('server_version_num')::int as version`;

const fill = async (name: string, rows: number, options = '') => {
  await sql.unsafe(`create table ${name} (id int, filler text) ${options}`);
  await sql.unsafe(`grant select on ${name} to public`);
  await counted(`insert into ${name} select n, repeat('x', 60) from generate_series(1, ${rows}) as n`);
  await sql.unsafe(`vacuum analyze ${name}`);
};

/** A standby may hold back for seconds what nobody else can see any more. */
const cleanUp = (table: string) =>
  expect
    .poll(
      async () => {
        await sql.unsafe(`vacuum analyze ${table}`);
        return (
          await sql`select n_dead_tup::int as dead from pg_stat_user_tables where relname = ${table}`
        )[0]?.dead;
      },
      { timeout: 40_000, interval: 500 },
    )
    .toBe(0);

describe('vacuum', () => {
  test('vacuumBacklog: dead rows against the table’s own trigger, and why nothing cleans up', async () => {
    // Triggers of their own: by the server's settings both would be three times past it.
    const options = (dead: number) =>
      `with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = ${dead}, autovacuum_analyze_threshold = 1000000)`;
    await fill('patient', 60_000, options(100_000));
    await fill('neglected', 20_000, options(1_000));
    await holder`begin isolation level repeatable read`;
    await holder`select 1`;
    const found = await scriptIncident({
      check: 'vacuumBacklog',
      object: 'neglected',
      sql: /VACUUM \(ANALYZE\) neglected;/,
      begin: async () => {
        await counted('delete from patient where id <= 20000');
        await counted('delete from neglected where id <= 10000');
        // Vacuum comes and may not remove what the open transaction could still see.
        await sql`vacuum patient`;
        await sql`vacuum neglected`;
        return async () => {
          await holder`rollback`;
          await cleanUp('neglected');
        };
      },
    });
    expect(found.facts).toMatchObject({ why: 'held', count: 1 });
    expect(found.value).toBeCloseTo(10, 0);
  });

  test.runIf((server?.version ?? 0) >= 180_000)('vacuumBacklog: PostgreSQL 18 caps the trigger', async () => {
    await fill(
      'capped',
      60_000,
      'with (autovacuum_vacuum_max_threshold = 2000, autovacuum_analyze_threshold = 1000000)',
    );
    await scriptIncident({
      check: 'vacuumBacklog',
      object: 'capped',
      begin: async () => {
        await counted('delete from capped where id <= 10000');
        return () => cleanUp('capped');
      },
    });
  });

  test('autovacuumDisabled: the table, and the statement that gives it back', async () => {
    await fill('switched_off', 10);
    await scriptIncident({
      check: 'autovacuumDisabled',
      object: 'switched_off',
      sql: /ALTER TABLE switched_off RESET \(autovacuum_enabled\);/,
      begin: async () => {
        await sql`alter table switched_off set (autovacuum_enabled = false)`;
        return () => sql`alter table switched_off reset (autovacuum_enabled)`;
      },
    });
  });

  test('staleStatistics: rows changed many times over since the last analyze', async () => {
    await fill('unknown', 100);
    await sql`analyze unknown`;
    await scriptIncident({
      check: 'staleStatistics',
      object: 'unknown',
      sql: /ANALYZE unknown;/,
      begin: async () => {
        await counted('insert into unknown select n, null from generate_series(1, 20000) as n');
        return () => sql`analyze unknown`;
      },
    });
  });

  test('parentStatistics: a partitioned table of which the planner knows nothing', async () => {
    await sql`create table whole (id int) partition by range (id)`;
    await sql`create table whole_1 partition of whole for values from (0) to (100000)`;
    await scriptIncident({
      check: 'parentStatistics',
      object: /^whole$/,
      sql: /ANALYZE whole;/,
      begin: async () => {
        await counted('insert into whole select n from generate_series(1, 20000) as n');
        await sql`vacuum analyze whole_1`;
        return () => sql`analyze whole`;
      },
    });
  });

  test('tableBloat: pages that no row needs', async () => {
    await fill('hollow', 200_000, 'with (autovacuum_enabled = false)');
    const found = await scriptIncident({
      check: 'tableBloat',
      limits: { tableBloat: { warning: 5_000_000, critical: null } },
      object: 'hollow',
      sql: /VACUUM \(FULL, ANALYZE\) hollow;/,
      begin: async () => {
        await counted('delete from hollow where id % 4 <> 0');
        await cleanUp('hollow');
        return () => sql`vacuum (full, analyze) hollow`;
      },
    });
    const [, size, wasted] = found.evidence[0] as number[];
    expect(Number(wasted) / Number(size)).toBeGreaterThan(0.65);
    expect(Number(wasted) / Number(size)).toBeLessThan(0.85);
  });
});

describe('wraparound', () => {
  // Half a billion transactions take hours; the catalog can be told that a table has not been frozen for so long.
  const aged = async (column: 'xid' | 'mxid') => {
    const [row] = await sql`select current_database() as name, (case ${column} when 'xid'
        then pg_current_xact_id()::text::bigint else (select mxid_age('1'::xid)::bigint + 1) end
      - 600000000 + 4294967296) % 4294967296 as before`;
    return { database: row?.name as string, before: String(row?.before) };
  };

  test.each([
    ['transactionIdAge', 'xid', 'relfrozenxid', 'datfrozenxid'],
    ['multixactIdAge', 'mxid', 'relminmxid', 'datminmxid'],
  ] as const)(
    '%s: the oldest database, and the table that makes it so',
    async (check, kind, ofTable, ofDatabase) => {
      const table = `frozen_long_ago_${kind}`;
      await sql.unsafe(`create table ${table} (id int)`);
      const { database, before } = await aged(kind);
      const found = await scriptIncident({
        check,
        object: database,
        sql: new RegExp(`VACUUM \\(FREEZE, VERBOSE\\) ${table};`),
        status: 'warning',
        begin: async () => {
          await sql.unsafe(`update pg_class set ${ofTable} = '${before}' where relname = '${table}'`);
          await sql.unsafe(
            `update pg_database set ${ofDatabase} = '${before}' where datname = '${database}'`,
          );
          return () => sql.unsafe(`vacuum (freeze) ${table}`);
        },
      });
      expect(found.facts.table).toBe(table);
      expect(found.value).toBeGreaterThan(599_000_000);
    },
  );
});
