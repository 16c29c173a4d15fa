import type { TransactionSql } from 'postgres';
import { group, quoted } from './group';
import type { Cell, Reading } from './judge';

type Table = {
  table: string;
  rows: number;
  dead: number;
  changed: number;
  vacuumAt: number;
  analyzeAt: number;
  /** Seconds since vacuum and analyze of either kind; null: never. */
  vacuumed: number | null;
  analyzed: number | null;
  disabled: boolean;
  running: boolean;
};

/** Fewer dead or changed rows than these are nobody's trouble, whatever the trigger of a small table says. */
const fewestRows = 5_000;

/**
 * Tables with something to do or with autovacuum switched off, each against its own trigger: options of the table
 * before the server's settings, and from PostgreSQL 18 on autovacuum_vacuum_max_threshold.
 */
const readTables = async (tx: TransactionSql): Promise<Table[]> => {
  const rows = await tx`
    with /* vigil:sample */ settings as materialized (
      select current_setting('autovacuum_vacuum_threshold')::float8 as vacuum_base,
        current_setting('autovacuum_vacuum_scale_factor')::float8 as vacuum_scale,
        coalesce(nullif(current_setting('autovacuum_vacuum_max_threshold', true)::float8, -1), 'infinity') as vacuum_most,
        current_setting('autovacuum_analyze_threshold')::float8 as analyze_base,
        current_setting('autovacuum_analyze_scale_factor')::float8 as analyze_scale
    ), tables as materialized (
      select c.oid, n.nspname, c.relname, greatest(c.reltuples, 0)::float8 as rows, c.reloptions,
        pg_stat_get_dead_tuples(c.oid)::float8 as dead, pg_stat_get_mod_since_analyze(c.oid)::float8 as changed
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where c.relkind in ('r', 'm') and c.relpersistence <> 't' and n.nspname <> 'information_schema'
    ), chosen as (
      select t.*, o.* from tables t left join lateral (
        select max(option_value) filter (where option_name = 'autovacuum_enabled') as enabled,
          max(option_value) filter (where option_name = 'autovacuum_vacuum_threshold')::float8 as vacuum_base,
          max(option_value) filter (where option_name = 'autovacuum_vacuum_scale_factor')::float8 as vacuum_scale,
          nullif(max(option_value) filter (where option_name = 'autovacuum_vacuum_max_threshold')::float8, -1) as vacuum_most,
          max(option_value) filter (where option_name = 'autovacuum_analyze_threshold')::float8 as analyze_base,
          max(option_value) filter (where option_name = 'autovacuum_analyze_scale_factor')::float8 as analyze_scale
        from pg_options_to_table(t.reloptions)) as o on true
      where t.dead >= ${fewestRows} or t.changed >= ${fewestRows} or t.reloptions::text like '%autovacuum_enabled=%'
    )
    select case when c.nspname = 'public' then '' else c.nspname || '.' end || c.relname as "table", c.rows, c.dead, c.changed,
      least(coalesce(c.vacuum_base, s.vacuum_base) + coalesce(c.vacuum_scale, s.vacuum_scale) * c.rows,
        coalesce(c.vacuum_most, s.vacuum_most)) as "vacuumAt",
      coalesce(c.analyze_base, s.analyze_base) + coalesce(c.analyze_scale, s.analyze_scale) * c.rows as "analyzeAt",
      extract(epoch from clock_timestamp() - greatest(pg_stat_get_last_vacuum_time(c.oid),
        pg_stat_get_last_autovacuum_time(c.oid)))::float8 as vacuumed,
      extract(epoch from clock_timestamp() - greatest(pg_stat_get_last_analyze_time(c.oid),
        pg_stat_get_last_autoanalyze_time(c.oid)))::float8 as analyzed,
      c.enabled is not null and not c.enabled::boolean as disabled,
      exists (select from pg_stat_progress_vacuum p where p.relid = c.oid) as running
    from chosen c, settings s`;
  return rows as unknown as Table[];
};

type Workers = { tables: number; busy: number; most: number; on: boolean };

const readWorkers = async (tx: TransactionSql): Promise<Workers> => {
  const [row] = await tx`
    select /* vigil:sample */ current_setting('autovacuum_max_workers')::int as most,
      current_setting('autovacuum')::boolean and current_setting('track_counts')::boolean as "on",
      (select count(*) from pg_stat_activity where backend_type = 'autovacuum worker')::int as busy,
      (select count(*) from pg_class where relkind in ('r', 'm') and relpersistence <> 't')::int as tables`;
  return row as unknown as Workers;
};

const round = (seconds: number | null) => (seconds === null ? null : Math.round(seconds));
const name = (table: string) => table.split('.').map(quoted).join('.');

/** Vacuum came by lately and left the rows: somebody may still see them. */
const lately = 900;

const why = (table: Table, workers: Workers): string => {
  if (table.disabled) return 'disabled';
  if (!workers.on) return 'off';
  if (table.running) return 'running';
  if (table.vacuumed !== null && table.vacuumed < lately) return 'held';
  return workers.busy >= workers.most ? 'busy' : 'waits';
};

const backlog = (tables: Table[], workers: Workers): Reading => {
  const behind = tables
    .filter(({ dead, vacuumAt }) => dead >= fewestRows && dead > vacuumAt)
    .map((table) => ({ ...table, times: table.dead / Math.max(1, table.vacuumAt), why: why(table, workers) }))
    .sort((a, b) => b.times - a.times);
  const worst = behind[0];
  return {
    value: worst?.times ?? 0,
    examined: workers.tables,
    facts: {
      object: worst?.table ?? '',
      why: worst?.why ?? '',
      dead: worst?.dead ?? 0,
      count: behind.length,
    },
    evidence: behind.map((one): Cell[] => [
      one.table,
      one.dead,
      Math.round(one.vacuumAt),
      one.times,
      round(one.vacuumed),
      one.why,
    ]),
    sql: behind.map((one) => `VACUUM (ANALYZE) ${name(one.table)};`),
  };
};

const disabled = (tables: Table[], workers: Workers): Reading => {
  const off = tables.filter((table) => table.disabled).sort((a, b) => b.rows - a.rows);
  return {
    value: off.length,
    examined: workers.tables,
    facts: { object: off[0]?.table ?? '' },
    evidence: off.map((one) => [one.table, one.rows, one.dead]),
    sql: off.map((one) => `ALTER TABLE ${name(one.table)} RESET (autovacuum_enabled);`),
  };
};

const stale = (tables: Table[], workers: Workers): Reading => {
  const old = tables
    .filter(({ changed, analyzeAt }) => changed >= fewestRows && changed > analyzeAt)
    .map((table) => ({ ...table, times: table.changed / Math.max(1, table.analyzeAt) }))
    .sort((a, b) => b.times - a.times);
  const worst = old[0];
  return {
    value: worst?.times ?? 0,
    examined: workers.tables,
    facts: { object: worst?.table ?? '', changed: worst?.changed ?? 0, count: old.length },
    evidence: old.map((one) => [
      one.table,
      one.changed,
      Math.round(one.analyzeAt),
      one.times,
      round(one.analyzed),
    ]),
    sql: old.map((one) => `ANALYZE ${name(one.table)};`),
  };
};

type Parent = { table: string; rows: number; known: number; partitions: number };

/** Fewer rows than these plan well enough without statistics. */
const fewestInTree = 10_000;

/** Autovacuum never analyses a partitioned table itself, only its leaves: plans over the whole then guess. */
const parents = async (tx: TransactionSql): Promise<Reading> => {
  const rows = (await tx`
    with recursive /* vigil:sample */ tree as (
      select oid as root, oid from pg_class where relkind = 'p' and not relispartition
      union all
      select t.root, i.inhrelid from tree t join pg_inherits i on i.inhparent = t.oid
    )
    select r.relname as "table", r.reltuples::float8 as known,
      sum(greatest(c.reltuples, 0)) filter (where c.relkind = 'r')::float8 as rows,
      count(*) filter (where c.relkind = 'r')::int as partitions
    from tree t join pg_class r on r.oid = t.root join pg_class c on c.oid = t.oid
    group by r.oid, r.relname, r.reltuples order by 3 desc nulls last`) as unknown as Parent[];
  const unknown = rows.filter(
    (one) => (one.rows ?? 0) >= fewestInTree && (one.known < 0 || one.rows > 2 * one.known),
  );
  const worst = unknown[0];
  return {
    value: unknown.length,
    examined: rows.length,
    facts: { object: worst?.table ?? '', rows: worst?.rows ?? 0 },
    evidence: unknown.map((one) => [one.table, one.rows, one.known < 0 ? null : one.known, one.partitions]),
    sql: unknown.map((one) => `ANALYZE ${quoted(one.table)};`),
  };
};

/** Whether vacuum and analyze keep up, table by table. */
export const vacuumChecks = group({
  name: 'vacuum',
  timeoutMs: 2_000,
  checks: ['vacuumBacklog', 'autovacuumDisabled', 'staleStatistics', 'parentStatistics'],
  needsMonitor: true,
  read: async (tx) => {
    const tables = await readTables(tx);
    const workers = await readWorkers(tx);
    return {
      vacuumBacklog: backlog(tables, workers),
      autovacuumDisabled: disabled(tables, workers),
      staleStatistics: stale(tables, workers),
      parentStatistics: await parents(tx),
    };
  },
});
