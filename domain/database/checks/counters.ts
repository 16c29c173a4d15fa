import type { TransactionSql } from 'postgres';
import { bytesPerMiB } from '../sample-health';
import { group } from './group';
import type { Reading } from './judge';

const totals = [
  'blocks_hit',
  'blocks_read',
  'transactions_committed',
  'transactions_rolled_back',
  'deadlocks',
  'temp_bytes',
  'checkpoints_timed',
  'checkpoints_requested',
  'statements_evicted',
] as const;
type Total = (typeof totals)[number];
type Growth = { grown: Partial<Record<Total, number>>; samples: number };

/** A moment as a constant: the planner then opens only the partitions that lie behind it. */
const ago = (hours: number): string => new Date(Date.now() - hours * 3_600_000).toISOString();

/** Fewer blocks than these say nothing about the cache, fewer transactions nothing about rollbacks. */
const fewestBlocks = 50_000;
const fewestTransactions = 200;
const fewestCheckpoints = 5;
/** Less than this much of an hour is no hour. */
const fewestSamples = 5;

/** What totals grew by within the last hour; a reset in between counts from zero. */
const readGrowth = async (tx: TransactionSql): Promise<Growth> => {
  const rows = await tx`
    select /* vigil:sample */ metric_name as name, sum(grown) as grown, count(*)::int as samples
    from metric_growth(${totals.map((name) => `db.${name}`)}, ${ago(1)}) group by 1`;
  return {
    grown: Object.fromEntries(rows.map((row) => [String(row.name).slice(3), Number(row.grown)])),
    samples: Math.max(0, ...rows.map((row) => Number(row.samples))),
  };
};

/** A share of two totals in percent, once there were enough of both. */
const share = ({ grown }: Growth, part: Total, rest: Total, fewest: number): number | Reading => {
  const [a, b] = [grown[part], grown[rest]];
  if (a === undefined || b === undefined) return { tooLittle: 'no_samples' };
  if (a + b < fewest) return { tooLittle: 'few_events', facts: { count: a + b, fewest } };
  return (100 * a) / (a + b);
};

type Heavy = { query: string; amount: number };

/** What in our own history of queries read or wrote most within the hour. */
const heaviest = async (tx: TransactionSql, column: 'shared_blocks_read' | 'temp_blocks_written') => {
  const rows = await tx`
    select /* vigil:sample */ left(regexp_replace(x.query_text, '\\s+', ' ', 'g'), 160) as query, s.amount::float8 as amount
    from (select query_id, sum(${tx(column)}) as amount from query_stats
      where captured_at >= ${ago(1)} group by 1 having sum(${tx(column)}) > 0 order by 2 desc limit 10) s
    join lateral (select query_text from query_texts t where t.query_id = s.query_id order by seen_at desc limit 1) x on true
    order by 2 desc`;
  return rows as unknown as Heavy[];
};

const cacheHitRatio = async (tx: TransactionSql, growth: Growth): Promise<Reading> => {
  const value = share(growth, 'blocks_hit', 'blocks_read', fewestBlocks);
  if (typeof value !== 'number') return value;
  const heavy = await heaviest(tx, 'shared_blocks_read');
  const read = growth.grown.blocks_read ?? 0;
  return {
    value,
    examined: (growth.grown.blocks_hit ?? 0) + read,
    facts: { object: heavy[0]?.query ?? '' },
    evidence: heavy.map((one) => [one.query, one.amount, read > 0 ? (100 * one.amount) / read : null]),
  };
};

const rollbacks = (growth: Growth, database: string): Reading => {
  const value = share(growth, 'transactions_rolled_back', 'transactions_committed', fewestTransactions);
  if (typeof value !== 'number') return value;
  const { transactions_rolled_back: back = 0, transactions_committed: kept = 0 } = growth.grown;
  return { value, examined: back + kept, facts: { object: database }, evidence: [[database, back, kept]] };
};

const counted = (growth: Growth, total: Total): Reading | null =>
  growth.grown[total] === undefined || growth.samples < fewestSamples ? { tooLittle: 'no_samples' } : null;

const checkpoints = async (tx: TransactionSql, growth: Growth): Promise<Reading> => {
  const value = share(growth, 'checkpoints_requested', 'checkpoints_timed', fewestCheckpoints);
  if (typeof value !== 'number') return value;
  const { checkpoints_requested: asked = 0, checkpoints_timed: timed = 0 } = growth.grown;
  const [row] = await tx`select /* vigil:sample */ current_setting('max_wal_size') as size,
    pg_size_pretty(2 * pg_size_bytes(current_setting('max_wal_size'))) as twice`;
  return {
    value,
    examined: asked + timed,
    facts: { object: `max_wal_size = ${row?.size}`, asked, timed },
    evidence: [
      ['requested', asked],
      ['timed', timed],
    ],
    sql: [
      `ALTER SYSTEM SET max_wal_size = '${String(row?.twice).replaceAll(' ', '')}';`,
      'SELECT pg_reload_conf();',
    ],
  };
};

/** Shorter than this no growth of a day can be told. */
const shortestHours = 6;

const diskGrowth = async (tx: TransactionSql): Promise<Reading> => {
  const [row] = await tx`
    with /* vigil:sample */ samples as materialized (
      select timestamp, metric_value::float8 * ${bytesPerMiB} as bytes from system_metrics
      where metric_name = 'db.database_size' and timestamp >= ${ago(24)})
    select count(*)::int as samples, extract(epoch from max(timestamp) - min(timestamp))::float8 / 3600 as hours,
      (select bytes from samples order by timestamp limit 1) as first,
      (select bytes from samples order by timestamp desc limit 1) as last from samples`;
  const hours = Number(row?.hours ?? 0);
  if (hours < shortestHours)
    return {
      tooLittle: row?.samples > 0 ? 'short_window' : 'no_samples',
      facts: { hours: Math.floor(hours) },
    };
  const aDay = ((Number(row?.last) - Number(row?.first)) / hours) * 24;
  const largest = await tx`
    select /* vigil:sample */ relname as name, relpages::float8 * current_setting('block_size')::float8 as bytes
    from pg_class where relkind in ('r', 'm') order by relpages desc limit 5`;
  return {
    value: Math.max(0, aDay),
    examined: Number(row?.samples),
    facts: { object: largest[0]?.name ?? '', size: { value: Number(row?.last), unit: 'bytes' } },
    evidence: largest.map((one) => [one.name, one.bytes]),
  };
};

const evictions = async (tx: TransactionSql, growth: Growth): Promise<Reading> => {
  const few = counted(growth, 'statements_evicted');
  if (few) return few;
  const [row] = await tx`select /* vigil:sample */ current_setting('pg_stat_statements.max')::int as room,
    (select count(*)::int from pg_stat_statements(false)) as used`;
  return {
    value: growth.grown.statements_evicted ?? 0,
    examined: Number(row?.used),
    facts: { object: 'pg_stat_statements.max', used: Number(row?.used), room: Number(row?.room) },
    evidence: [['pg_stat_statements.max', String(row?.room)]],
    sql: [
      `ALTER SYSTEM SET pg_stat_statements.max = ${2 * Number(row?.room)}; -- takes effect at the next restart`,
    ],
  };
};

const sampleAge = async (tx: TransactionSql): Promise<Reading> => {
  const [row] = await tx`
    select /* vigil:sample */ extract(epoch from clock_timestamp() - timestamp)::float8 as age from system_metrics
    where metric_name = 'db.connections' and timestamp >= ${ago(48)} order by timestamp desc limit 1`;
  if (!row) return { tooLittle: 'no_samples' };
  return {
    value: Math.max(0, row.age),
    examined: 1,
    facts: { object: 'sample-health' },
    evidence: [['db.connections', Math.round(row.age)]],
  };
};

/** What the last hour and day of samples say: work done, and whether anybody samples. */
export const counterChecks = group({
  name: 'counters',
  timeoutMs: 2_000,
  checks: [
    'cacheHitRatio',
    'rollbacks',
    'deadlocks',
    'temporaryFiles',
    'requestedCheckpoints',
    'diskGrowth',
    'statementEvictions',
    'sampleAge',
  ],
  read: async (tx, server) => {
    const growth = await readGrowth(tx);
    const heavy = (growth.grown.temp_bytes ?? 0) > 0 ? await heaviest(tx, 'temp_blocks_written') : [];
    return {
      cacheHitRatio: await cacheHitRatio(tx, growth),
      rollbacks: rollbacks(growth, server.database),
      deadlocks: counted(growth, 'deadlocks') ?? {
        value: growth.grown.deadlocks ?? 0,
        examined: growth.samples,
        facts: { object: server.database },
        evidence: [[server.database, growth.grown.deadlocks ?? 0]],
      },
      temporaryFiles: counted(growth, 'temp_bytes') ?? {
        value: growth.grown.temp_bytes ?? 0,
        examined: growth.samples,
        facts: { object: heavy[0]?.query ?? '' },
        evidence: heavy.map((one) => [one.query, one.amount * 8192]),
      },
      requestedCheckpoints: await checkpoints(tx, growth),
      diskGrowth: await diskGrowth(tx),
      statementEvictions: server.statements ? await evictions(tx, growth) : { skipped: 'no_statements' },
      sampleAge: await sampleAge(tx),
    };
  },
});
