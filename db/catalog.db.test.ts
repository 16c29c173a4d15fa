import fs from 'node:fs';
import { fileURLToPath } from 'node:url';
import { is } from 'drizzle-orm';
import { getTableConfig, type PgColumn, PgTable } from 'drizzle-orm/pg-core';
import postgres from 'postgres';
import { describe, expect, test } from 'vitest';
import { settings } from '@/domain/settings/catalogue';
import { seedSettings } from '@/domain/settings/read';
import { database } from './client';
import { dumpSchema } from './dump-schema';
import {
  archiveTable,
  existingTables,
  planDefaults,
  planFunctions,
  planIndexes,
  planJob,
  planMetrics,
  planPartitions,
  planPublication,
  planStorage,
  planTables,
  planViews,
} from './plan-objects';
import * as schema from './schema';
import { testDatabase } from './testing';

const t = await testDatabase();
const [{ major } = { major: 0 }] =
  await t.sql`select current_setting('server_version_num')::int / 10000 as major`;

type CatalogColumn = { name: string; type: string; not_null: boolean; default: string | null };
const columnsOf = async (table: string) =>
  (await t.sql`
    select a.attname as name, format_type(a.atttypid, a.atttypmod) as type, a.attnotnull as not_null,
      pg_get_expr(d.adbin, d.adrelid) as default
    from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
    where a.attrelid = ${`public.${table}`}::regclass and a.attnum > 0 and not a.attisdropped
    order by a.attname`) as unknown as CatalogColumn[];

const tables = (Object.values(schema) as unknown[])
  .filter((one): one is PgTable => is(one, PgTable))
  .map((table) => getTableConfig(table));

/** A Drizzle type as PostgreSQL prints it. */
const printed = (type: string): string =>
  type
    .replace(/^varchar/, 'character varying')
    .replace(/^char\b/, 'character')
    .replace(/^serial$/, 'integer')
    .replace(', ', ',');

const statedDefault = (column: PgColumn): string | null => {
  const value: unknown = column.default;
  return ['string', 'number', 'boolean'].includes(typeof value) ? String(value) : null;
};

describe("the catalog and Drizzle's types", () => {
  test('have the same tables', async () => {
    const rows = await t.sql`select relname as name from pg_class where relnamespace = 'public'::regnamespace
      and relkind in ('r', 'p') and not relispartition order by 1`;
    expect(rows.map((row) => row.name)).toEqual(tables.map((table) => table.name).sort());
  });

  test.each(tables)('$name: name, type, null and default of every column', async ({ name, columns }) => {
    const stored = await columnsOf(name);
    expect(stored.map(({ name, type, not_null }) => ({ name, type, not_null }))).toEqual(
      columns
        .map((column) => ({
          name: column.name,
          type: printed(column.getSQLType()),
          not_null: column.notNull || column.primary,
        }))
        .sort((a, b) => (a.name < b.name ? -1 : 1)),
    );
    for (const column of columns) {
      const stated = statedDefault(column);
      const actual = stored.find((one) => one.name === column.name)!.default;
      if (stated !== null) expect(actual?.replace(/^'([^']*)'::.*$/, '$1')).toBe(stated);
      if (column.hasDefault && !column.generatedIdentity) expect(actual).not.toBeNull();
    }
  });

  test.each(tables)('$name: its indexes, unique keys, foreign keys and checks', async (table) => {
    const indexes = await t.sql`select indexname as name from pg_indexes where tablename = ${table.name}`;
    const constraints =
      await t.sql`select conname as name from pg_constraint where conrelid = ${`public.${table.name}`}::regclass`;
    const names = [...indexes, ...constraints].map((row) => row.name as string);
    const expected = [
      ...table.indexes.map((index) => index.config.name!),
      ...table.checks.map((check) => check.name),
      // PostgreSQL keeps 63 bytes of a name.
      ...table.foreignKeys.map((key) => key.getName().slice(0, 63)),
    ];
    expect(names).toEqual(expect.arrayContaining(expected));
  });
});

describe('every object of the plan', () => {
  test.each(Object.entries(existingTables))('table %s, which it calls existing', async (name, columns) => {
    const stored = (await columnsOf(name)).map((column) => column.name);
    expect(stored).toEqual(expect.arrayContaining([...columns]));
  });

  test.each(Object.entries(planTables))('table %s with all its columns', async (name, columns) => {
    const stored = await columnsOf(name);
    for (const column of columns) {
      const found = stored.find((one) => one.name === column.name);
      expect(found, `${name}.${column.name}`).toBeDefined();
      expect(found!.type, `${name}.${column.name}`).toBe(column.built ?? column.type);
      if (column.notNull) expect(found!.not_null, `${name}.${column.name}`).toBe(true);
      if (!column.unique) continue;
      const [unique] = await t.sql`select 1 from pg_index i join pg_attribute a on a.attrelid = i.indrelid
        where i.indrelid = ${`public.${name}`}::regclass and i.indisunique and i.indnkeyatts = 1 and a.attnum = i.indkey[0]
          and a.attname = ${column.name}`;
      expect(unique, `${name}.${column.name} is unique`).toBeDefined();
    }
  });

  test('defaults', async () => {
    for (const [place, expected] of Object.entries(planDefaults)) {
      const [table, column] = place.split('.') as [string, string];
      const stored = (await columnsOf(table)).find((one) => one.name === column);
      expect(stored?.default?.replace(/^'(0\.5)'::numeric$/, '$1'), place).toBe(expected);
    }
  });

  test.each(Object.entries(planViews))('%s', async (name, { kind, columns }) => {
    const [row] = await t.sql`select relkind from pg_class where oid = ${`public.${name}`}::regclass`;
    expect(row?.relkind).toBe(kind === 'view' ? 'v' : 'm');
    const stored = (await columnsOf(name)).map((column) => column.name);
    expect(stored).toEqual(expect.arrayContaining([...columns]));
    await t.sql.unsafe(`select ${columns.join(', ')} from ${name} limit 1`);
  });

  test('the metrics of v_database_health', async () => {
    const rows = await t.sql`select metric from v_database_health`;
    expect(rows.map((row) => row.metric)).toEqual(expect.arrayContaining([...planMetrics]));
  });

  test('the materialized view has the unique index that refreshing concurrently needs', async () => {
    const [row] =
      await t.sql`select indexdef from pg_indexes where tablename = 'mv_fraud_dashboard_realtime'`;
    expect(row?.indexdef).toMatch(/UNIQUE INDEX .* \(hour\)$/);
    await t.sql`refresh materialized view concurrently mv_fraud_dashboard_realtime`;
  });

  test.each(planFunctions)('function %s() runs and says so in job_runs', async (name) => {
    await t.sql.unsafe(`select ${name}()`);
    const [run] =
      await t.sql`select status from job_runs where job_name = ${name.replaceAll('_', '-')} order by id desc limit 1`;
    expect(run?.status).toBe('ok');
  });

  test.each(Object.entries(planIndexes))('index %s', async (name, { table, definition }) => {
    const [row] = await t.sql`select tablename, indexdef from pg_indexes where indexname = ${name}`;
    expect(row?.tablename).toBe(table);
    expect(row?.indexdef).toMatch(definition);
  });

  test('the job, run by pg_cron or by the worker', async () => {
    const { catalogue } = await import('@/domain/jobs/catalogue');
    const jobs = await t.sql`select job_name, schedule from server_jobs()`;
    const schedule =
      jobs.find((job) => job.job_name === planJob.name)?.schedule ?? catalogue[planJob.name].cron;
    expect(schedule).toBe(planJob.schedule);
  });

  test('the publication, each partitioned table under its own name', async () => {
    const [row] = await t.sql`select pubviaroot from pg_publication where pubname = ${planPublication.name}`;
    expect(row?.pubviaroot).toBe(true);
    const rows =
      await t.sql`select tablename from pg_publication_tables where pubname = ${planPublication.name} order by 1`;
    expect(rows.map((one) => one.tablename)).toEqual([...planPublication.tables].sort());
  });

  test.each(Object.entries(planPartitions))('partitions %s', async (pattern, { under, bound }) => {
    const rows =
      await t.sql`select c.relname as name, p.relname as parent, pg_get_expr(c.relpartbound, c.oid) as bound
      from pg_class c join pg_inherits i on i.inhrelid = c.oid join pg_class p on p.oid = i.inhparent
      where regexp_replace(c.relname, '\\d', 'N', 'g') = ${pattern}`;
    expect(rows.length).toBeGreaterThan(4);
    for (const row of rows) {
      expect(row.parent).toMatch(under);
      expect(row.bound).toMatch(bound);
    }
  });

  test('toast_tuple_target on every leaf', async () => {
    for (const table of planStorage.tables) {
      const rows =
        await t.sql`select c.relname as name, c.reloptions as options from pg_partition_tree(${table}::regclass) p
        join pg_class c on c.oid = p.relid where p.isleaf`;
      expect(rows.length).toBeGreaterThan(4);
      for (const row of rows) expect(row.options, row.name).toContain(planStorage.option);
    }
  });

  test('the archive has the columns of transactions, and no default partition hides a missing month', async () => {
    expect(await columnsOf(archiveTable.name)).toEqual(await columnsOf(archiveTable.like));
    const [row] =
      await t.sql`select partdefid::int as id from pg_partitioned_table where partrelid = 'transactions'::regclass`;
    expect(row?.id).toBe(0);
  });

  test('a row of system_config for every setting', async () => {
    await seedSettings(database());
    const rows = await t.sql`select config_key, config_value from system_config order by config_key`;
    expect(rows.map((row) => row.config_key)).toEqual(Object.keys(settings).sort());
  });

  test('50 features and more, each a typed column', async () => {
    const columns = (await columnsOf('ml_features')).filter(
      (column) => !/^transaction_(id|timestamp|embedding)$/.test(column.name),
    );
    expect(columns.length).toBeGreaterThanOrEqual(50);
    for (const column of columns) expect(column.type).toMatch(/^(double precision|integer|boolean)$/);
  });
});

describe('who may touch what', () => {
  const attempt = async (role: string, statement: string): Promise<string> => {
    const sql = postgres(t.urls[role]!, { max: 1, onnotice: () => {} });
    try {
      await sql.unsafe(statement);
      return 'allowed';
    } catch (error) {
      return String((error as { code?: string }).code);
    } finally {
      await sql.end();
    }
  };
  const roles = ['web', 'ingest', 'worker', 'readonly'] as const;
  const insertAudit = `insert into audit_trail (actor_type, actor_name, action, resource_type) values ('system', 'x', 'x', 'x')`;

  test.each(roles)(
    '%s can neither write nor empty the audit trail, also not by its partitions',
    async (role) => {
      const [row] =
        await t.sql`select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
      where i.inhparent = 'audit_trail'::regclass limit 1`;
      for (const table of ['audit_trail', row!.name as string])
        for (const statement of [
          insertAudit.replace('audit_trail', table),
          `update ${table} set action = 'y'`,
          `delete from ${table}`,
          `truncate ${table}`,
          `alter table ${table} disable trigger all`,
          `drop table ${table}`,
        ])
          expect(await attempt(role, statement), `${role}: ${statement}`).toBe('42501');
    },
  );

  test('nobody but the owner has a right to change the audit trail', async () => {
    const rows =
      await t.sql`select c.relname as name, a.grantee::regrole::text as grantee, a.privilege_type as right
      from pg_partition_tree('audit_trail'::regclass) p join pg_class c on c.oid = p.relid
      cross join lateral aclexplode(c.relacl) a
      where a.privilege_type <> 'SELECT' and a.grantee <> c.relowner`;
    expect(rows).toEqual([]);
  });

  test('risk_level is the risk at decision time: no role can update it', async () => {
    for (const role of roles)
      expect(await attempt(role, `update transactions set risk_level = 'LOW'`)).toBe('42501');
    const rows = await t.sql`select grantee from information_schema.column_privileges
      where table_name = 'transactions' and column_name = 'risk_level' and privilege_type = 'UPDATE'
        and grantee like 'vigil%' and grantee <> 'vigil_owner'`;
    expect(rows).toEqual([]);
  });

  test('the decision API reads nothing about people', async () => {
    for (const table of ['console_users', 'user_sessions', 'audit_trail', 'password_links', 'login_guard'])
      expect(await attempt('ingest', `select count(*) from ${table}`), table).toBe('42501');
  });

  test('people with a login of their own see no card, address or device', async () => {
    for (const table of ['transactions', 'transactions_all', 'console_users', 'system_config', 'api_keys'])
      expect(await attempt('readonly', `select count(*) from ${table}`), table).toBe('42501');
    expect(await attempt('readonly', 'select count(*) from transactions_readonly')).toBe('allowed');
  });

  test('everything belongs to the owner, who cannot sign in', async () => {
    const rows = await t.sql`select relname from pg_class where relnamespace = 'public'::regnamespace
      and relkind in ('r', 'p', 'v', 'm') and relowner <> 'vigil_owner'::regrole
      and not exists (select from pg_depend d where d.objid = pg_class.oid and d.deptype = 'e')`;
    expect(rows).toEqual([]);
    const [owner] = await t.sql`select rolcanlogin from pg_roles where rolname = 'vigil_owner'`;
    expect(owner?.rolcanlogin).toBe(false);
  });

  test('functions that act as their owner have a pinned search_path and are not for everybody', async () => {
    const rows =
      await t.sql`select p.proname as name, p.proconfig::text as config, has_function_privilege('public', p.oid, 'execute') as anybody
      from pg_proc p where p.pronamespace = 'public'::regnamespace and p.prosecdef
        and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')`;
    expect(rows.length).toBeGreaterThan(4);
    for (const row of rows) {
      expect(row.config, row.name).toMatch(/search_path=.*pg_temp/);
      expect(row.anybody, row.name).toBe(false);
    }
  });
});

test.runIf(major === 18)('db/schema.sql is what a fresh migrate makes (npm run db:dump)', async () => {
  const file = fileURLToPath(new URL('./schema.sql', import.meta.url));
  expect(await dumpSchema(t.sql)).toBe(fs.readFileSync(file, 'utf8'));
});
