import type { Sql } from 'postgres';
import { closeDatabase, connect, database, setDatabase } from '@/db/client';
import { migrate } from '@/db/migrate';
import { seedRules } from '@/db/seed/rules';
import { watchChampion } from '@/domain/models/watch-champion';
import { seedSettings } from '@/domain/settings/read';
import {
  fillAlerts,
  fillConsole,
  fillHeads,
  fillOperations,
  fillPeople,
  fillQueryStats,
  fillReports,
  fillStream,
  settleBacklog,
} from './fill-around';
import { fillPayments } from './fill-payments';
import { monthsUntil, type Span, type VolumeWorld } from './world';

type Log = (line: string) => void;

/** Tables of one row a payment, by month: filled without their indexes. */
const monthly = ['transactions', 'ml_features', 'model_predictions', 'rule_hits'] as const;
const minutesAhead = 5;
const day = 86_400_000;

/** What a filled database says of itself, so that a second run can use it again. */
export type Filled = { rows: number; months: number; embedding_months: number };

export const readFilled = async (sql: Sql): Promise<Filled | null> => {
  const [there] = await sql`select to_regclass('public.volume_filled') as name`;
  if (!there?.name) return null;
  const [row] = await sql<Filled[]>`select rows, months, embedding_months from volume_filled`;
  return row ?? null;
};

type DroppedIndexes = { constraints: string[]; indexes: string[][] };

/** Takes the indexes off the monthly tables; answers the statements that make them again. */
const dropIndexes = async (sql: Sql): Promise<DroppedIndexes> => {
  const constraints =
    await sql`select conrelid::regclass::text as table, conname as name, pg_get_constraintdef(oid) as definition
    from pg_constraint where contype = 'p' and conrelid::regclass::text in ${sql(monthly)}`;
  const indexes =
    await sql`select i.indrelid::regclass::text as table, i.indexrelid::regclass::text as name, pg_get_indexdef(i.indexrelid) as definition
    from pg_index i where i.indrelid::regclass::text in ${sql(monthly)} and not i.indisprimary`;
  for (const { table, name } of constraints)
    await sql.unsafe(`alter table ${table} drop constraint "${name}"`);
  for (const { name } of indexes) await sql.unsafe(`drop index ${name}`);
  return {
    constraints: constraints.map(
      ({ table, name, definition }) => `alter table ${table} add constraint "${name}" ${definition}`,
    ),
    // By table: two hands at the indexes of one could give two of a partition the same name.
    indexes: monthly.map((name) =>
      indexes
        .filter(({ table }) => table === name)
        .map(({ definition }) => String(definition).replace(' ON ONLY ', ' ON ')),
    ),
  };
};

const inTurns = async <T>(
  work: T[],
  hands: Sql[],
  run: (hand: Sql, item: T) => Promise<void>,
): Promise<void> => {
  const queue = [...work];
  await Promise.all(
    hands.map(async (hand) => {
      for (let item = queue.shift(); item !== undefined; item = queue.shift()) await run(hand, item);
    }),
  );
};

/** One month in one transaction that emptied its tables first: with wal_level = minimal nothing of it goes through the log. */
const fillMonth = async (sql: Sql, world: VolumeWorld, span: Span, number: number): Promise<string[]> => {
  const embedded = number > world.months - world.embeddingMonths;
  return sql.begin(async (tx) => {
    await tx`set local synchronous_commit = off`;
    const suffix = span.from.toISOString().slice(0, 7).replace('-', 'm');
    const leaves = monthly.flatMap((table) =>
      table === 'transactions'
        ? [`transactions_y${suffix}_high_risk`, `transactions_y${suffix}_low_risk`]
        : [`${table}_y${suffix}`],
    );
    await tx.unsafe(`truncate ${leaves.join(', ')}`);
    await tx`select setseed(${number / 100})`;
    await fillPayments(tx as unknown as Sql, world, span, { label: `month ${number}`, embedded });
    return leaves;
  });
};

/**
 * Makes the database of `url` one with `world.rows` payments over `world.months` months and the current one, and
 * everything around them. What is in it already is kept when it is of the same kind.
 */
export const fillVolume = async (
  url: string,
  world: VolumeWorld,
  options: { passwordFile: string; log: Log },
): Promise<void> => {
  await migrate(url, { passwordFile: options.passwordFile });
  const hands = [
    connect(url, { max: 1, name: 'volume-1' }),
    connect(url, { max: 1, name: 'volume-2' }),
  ] as const;
  const sql = hands[0];
  const took = stopwatch(options.log);
  try {
    const filled = await readFilled(sql);
    if (filled?.rows === world.rows) return;
    if (filled) throw new Error(`the database holds ${filled.rows} payments`);
    const now = new Date();
    const spans = monthsUntil(world, now);
    const oldest = spans[0]!.from;
    await sql`select ensure_partitions(${oldest.toISOString()}::timestamptz)`;
    await seedBasics(url);
    const dropped = await dropIndexes(sql);
    await inTurns([...spans.entries()], [...hands], async (hand, [number, span]) => {
      const leaves = await fillMonth(hand, world, span, number);
      for (const leaf of leaves) await hand.unsafe(`vacuum ${leaf}`);
    });
    took('payments, features, predictions and hits');
    await fillPeople(sql, world, oldest);
    await fillConsole(sql, world, { from: oldest, to: now });
    await fillOperations(sql, world, now);
    await fillQueryStats(sql, now);
    await fillHeads(sql, { from: oldest, to: now });
    took('people, audit trail, metrics');
    for (const statement of dropped.constraints) await sql.unsafe(statement);
    await inTurns(dropped.indexes, [...hands], async (hand, statements) => {
      await hand.unsafe(`set maintenance_work_mem = '512MB'`);
      for (const statement of statements) await hand.unsafe(statement);
    });
    took('indexes');
    for (const span of spans) await fillAlerts(sql, span);
    await settleBacklog(sql);
    await fillStream(sql, { from: new Date(now.getTime() - 30 * day), to: now });
    took('alerts, stream');
    await analyzeAll([...hands]);
    await fillReports(sql, { from: oldest, to: now });
    for (const table of ['daily_metrics', 'merchant_analytics', 'rule_analytics'])
      await sql.unsafe(`vacuum analyze ${table}`);
    took('figures of days');
    await sql`create table volume_filled as select ${world.rows}::int as rows, ${world.months}::int as months,
      ${world.embeddingMonths}::int as embedding_months, ${now.toISOString()}::timestamptz as until`;
    took('vacuum, analyze');
  } finally {
    await Promise.all(hands.map((hand) => hand.end()));
  }
};

/** As autovacuum would have done it in time; partitioned tables as a whole, which it leaves out, come last. */
const analyzeAll = async (hands: Sql[]): Promise<void> => {
  const tables = await hands[0]!<
    { name: string; whole: boolean }[]
  >`select oid::regclass::text as name, relkind = 'p' as whole
    from pg_class where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace order by relpages desc`;
  const run = async (hand: Sql, { name, whole }: { name: string; whole: boolean }) => {
    await hand.unsafe(whole ? `analyze ${name}` : `vacuum analyze ${name}`);
  };
  await inTurns(
    tables.filter(({ whole }) => !whole),
    hands,
    run,
  );
  const parents = tables.filter(({ name, whole }) => whole && !/_y\d{4}/.test(name));
  await inTurns(parents, hands, run);
};

/** What an installation is born with, and an API key. */
export const seedBasics = async (url: string): Promise<void> => {
  const sql = connect(url, { max: 1, name: 'volume' });
  setDatabase(sql);
  await seedSettings(database());
  await seedRules(database());
  await sql`insert into api_keys (id, name, owner_id, prefix, key_hash, scopes, created_by)
    values (1, 'shop', 'volume', 'vk_volume', ${'0'.repeat(64)}, '{ingest}', 'volume') on conflict do nothing`;
  await closeDatabase();
};

const stopwatch = (log: Log) => {
  let since = Date.now();
  return (what: string) => {
    log(`  ${what}: ${((Date.now() - since) / 1000).toFixed(0)} s`);
    since = Date.now();
  };
};

/** What drift and quality may take at once, where nobody waits for it. */
const watchMs = 300_000;

/** The payments since the fill, to a few minutes from now, as they would have come in: pages look at the last minutes. */
export const topUp = async (sql: Sql, world: VolumeWorld): Promise<void> => {
  const [row] = await sql<{ until: string }[]>`select until::text as until from volume_filled`;
  const span = { from: new Date(row!.until), to: new Date(Date.now() + minutesAhead * 60_000) };
  if (span.to.getTime() - span.from.getTime() < minutesAhead * 60_000) return;
  await sql`select ensure_partitions()`;
  await fillPayments(sql, world, span, { label: `until ${span.to.toISOString()}`, embedded: true });
  await fillHeads(sql, span);
  await fillAlerts(sql, span);
  await settleBacklog(sql);
  await fillStream(sql, span);
  await sql`update volume_filled set until = ${span.to.toISOString()}::timestamptz`;
  await sql`select refresh_fraud_dashboard()`;
  await fillReports(sql, span);
};

/** Drift and quality of the champion as the job keeps them, all days at once. @returns the seconds it took */
export const fillDrift = async (sql: Sql): Promise<number> => {
  const began = Date.now();
  await sql.begin((tx) => watchChampion(tx, new Date(), watchMs));
  return (Date.now() - began) / 1000;
};
