import type { TransactionSql } from 'postgres';
import { group, quoted } from './group';
import type { Reading } from './judge';

type Missing = {
  table: string;
  name: string;
  from: string;
  until: string;
  fromAt: number;
  untilAt: number;
  beside: boolean;
};
type Table = { table: string; step: 'month' | 'day'; end: number | null; partitions: number };

/** A day in UTC, and for parts of a day the hour. */
const day = (seconds: number) => new Date(seconds * 1000).toISOString().slice(0, 10);

/** Every partition that should be there and is not; asked once, since it looks at all there are. */
const readMissing = async (tx: TransactionSql): Promise<Missing[]> => {
  const rows = await tx`
    select /* vigil:sample */ parent as "table", name, beside, extract(epoch from from_at)::float8 as "fromAt",
      extract(epoch from to_at)::float8 as "untilAt", to_char(from_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI') as "from",
      to_char(to_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI') as until
    from v_missing_partitions order by from_at limit 500`;
  return rows as unknown as Missing[];
};

/** Where the partitions of each table end: their names are in the order of their time. */
const readEnds = async (tx: TransactionSql): Promise<Table[]> => {
  const rows = await tx`
    select /* vigil:sample */ t.parent as "table", t.step, extract(epoch from
      substring(pg_get_expr(l.relpartbound, 0) from 'TO \\(''([^'']+)''\\)')::timestamptz)::float8 as end, l.partitions
    from partitioned_tables() t left join lateral (
      select c.relpartbound, count(*) over ()::int as partitions from pg_inherits i join pg_class c on c.oid = i.inhrelid
      where i.inhparent = to_regclass(t.parent) order by c.relname desc limit 1) l on true`;
  return rows as unknown as Table[];
};

const runway = (tables: Table[], missing: Missing[], step: Table['step'], now: number): Reading => {
  const ends = tables
    .filter((one) => one.step === step)
    .map(({ table, end }) => {
      const gap = missing.find((one) => one.table === table && one.untilAt > now);
      return { table, until: Math.min(end ?? now, gap?.fromAt ?? Number.POSITIVE_INFINITY) };
    })
    .sort((a, b) => a.until - b.until);
  const first = ends[0];
  const days = (until: number) => (until - now) / 86_400;
  return {
    value: first ? days(first.until) : 0,
    examined: ends.length,
    facts: { object: first?.table ?? '', until: first ? day(first.until) : '' },
    evidence: ends.map((one) => [one.table, day(one.until), days(one.until)]),
    sql: ['SELECT ensure_partitions();'],
  };
};

/** Missing between partitions that are there; what is missing at the end is the runway's. */
const gaps = (tables: Table[], missing: Missing[]): Reading => {
  const endOf = (table: string) => tables.find((one) => one.table === table)?.end ?? 0;
  const inside = missing.filter((one) => one.fromAt < endOf(one.table));
  const first = inside[0];
  return {
    value: inside.length,
    examined: tables.reduce((sum, one) => sum + (one.partitions ?? 0), 0),
    facts: { object: first?.name ?? '', table: first?.table ?? '', from: first?.from ?? '' },
    evidence: inside.map((one) => [one.table, one.name, one.from, one.until]),
    sql: [
      inside.some((one) => one.beside)
        ? '-- A table of that name stands beside its parent: attach it again on Storage.'
        : 'SELECT ensure_partitions();',
    ],
  };
};

type Default = { partition: string; table: string; rows: number };

/** More rows than these are counted no further: any is one too many. */
const mostCounted = 1_000;

const defaults = async (tx: TransactionSql): Promise<Reading> => {
  const found = await tx`
    select /* vigil:sample */ c.oid::regclass::text as partition, i.inhparent::regclass::text as "table"
    from pg_partitioned_table p join pg_class c on c.oid = p.partdefid join pg_inherits i on i.inhrelid = c.oid
    where has_table_privilege(c.oid, 'SELECT') limit 20`;
  const counted: Default[] = [];
  for (const { partition, table } of found) {
    const [row] = await tx.unsafe(
      `select /* vigil:sample */ count(*)::int as n from (select from ${partition} limit ${mostCounted}) as few`,
    );
    counted.push({ partition, table, rows: Number(row?.n) });
  }
  const full = counted.filter((one) => one.rows > 0).sort((a, b) => b.rows - a.rows);
  return {
    value: full[0]?.rows ?? 0,
    examined: counted.length,
    facts: { object: full[0]?.partition ?? '', table: full[0]?.table ?? '' },
    evidence: full.map((one) => [one.partition, one.table, one.rows]),
  };
};

const pending = async (tx: TransactionSql): Promise<Reading> => {
  const rows = await tx`
    select /* vigil:sample */ count(*)::int as examined,
      coalesce(json_agg(json_build_array(c.relname, p.relname)) filter (where i.inhdetachpending), '[]') as pending
    from pg_inherits i join pg_class c on c.oid = i.inhrelid and c.relispartition join pg_class p on p.oid = i.inhparent
    where c.relkind in ('r', 'p')`;
  const stuck = rows[0]?.pending as [string, string][];
  return {
    value: stuck.length,
    examined: Number(rows[0]?.examined),
    facts: { object: stuck[0]?.[0] ?? '', table: stuck[0]?.[1] ?? '' },
    evidence: stuck,
    sql: stuck.map(
      ([name, parent]) => `ALTER TABLE ${quoted(parent)} DETACH PARTITION ${quoted(name)} FINALIZE;`,
    ),
  };
};

/** Whether every row of tomorrow and of the past has its partition. */
export const partitionChecks = group({
  name: 'partitions',
  timeoutMs: 5_000,
  slow: true,
  checks: ['partitionRunway', 'dailyPartitionRunway', 'partitionGaps', 'pendingDetach'],
  read: async (tx) => {
    const tables = await readEnds(tx);
    const missing = await readMissing(tx);
    const [clock] = await tx`select /* vigil:sample */ extract(epoch from clock_timestamp())::float8 as now`;
    const now = Number(clock?.now);
    return {
      partitionRunway: runway(tables, missing, 'month', now),
      dailyPartitionRunway: runway(tables, missing, 'day', now),
      partitionGaps: gaps(tables, missing),
      pendingDetach: await pending(tx),
    };
  },
});

/** Rows that found no partition of their own. Counting reads the table, so a lock on it leaves only this check unjudged. */
export const defaultPartitionChecks = group({
  name: 'default-partitions',
  timeoutMs: 1_000,
  slow: true,
  checks: ['defaultPartitions'],
  read: async (tx) => ({ defaultPartitions: await defaults(tx) }),
});
