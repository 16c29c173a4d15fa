/**
 * How fast is a decision? `decide()` of this process against the same two SQL statements sent by pgbench, on the same
 * server, in one run. Prints a markdown table.
 *
 *   npm run bench:decide -- [--clients 1,8,32] [--seconds 10] [--history 200000] [--busy 100000]
 *
 * Starts an embedded PostgreSQL of its own with fsync on and removes it afterwards; BENCH_DATABASE_URL names another
 * (empty, throw-away) database instead. pgbench is looked for in PGBENCH, /usr/lib/postgresql and the path.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { Sql } from 'postgres';
import { closeDatabase, connect, database, setDatabase } from '@/db/client';
import { startEmbedded } from '@/db/embedded';
import { ensureDatabase, migrate } from '@/db/migrate';
import { seedRules } from '@/db/seed/rules';
import { decide } from '@/domain/transactions/decide';
import { loadDecisionRules } from '@/domain/transactions/decision-state';
import { EntityQueue } from '@/domain/transactions/entity-queue';
import { FeatureCacheKeeper } from '@/domain/transactions/feature-cache';
import { generatePayment, seededRandom } from '@/domain/transactions/generated-payments';
import { measureReads } from './decide/busy';
import { fillHistory, historyWorld } from './decide/history';
import { percentile } from './decide/percentile';
import { findPgbench, runPgbench } from './decide/pgbench';

type Measured = {
  clients: number;
  perSecond: number;
  p50: number;
  p99: number;
  roundTrips: number;
  commits: number;
};

const { values: options } = parseArgs({
  options: {
    clients: { type: 'string', default: '1,8,32' },
    seconds: { type: 'string', default: '10' },
    history: { type: 'string', default: '200000' },
    busy: { type: 'string', default: '100000' },
  },
});
const seconds = Number(options.seconds);

/** Statements and commits so far: of the two statements, and of the whole database. */
async function counters(sql: Sql): Promise<{ statements: number; commits: number }> {
  await sql`select pg_stat_clear_snapshot()`;
  const [row] = await sql`select
    (select coalesce(sum(calls), 0)::float8 from pg_stat_statements
      where dbid = (select oid from pg_database where datname = current_database())
        and (query like '%from decision_context(%' or query like '%from record_decision(%')) as statements,
    (select xact_commit::float8 from pg_stat_database where datname = current_database()) as commits`;
  return row as { statements: number; commits: number };
}

async function measureDecide(url: string, clients: number): Promise<Measured> {
  const sql = connect(url, { max: clients, name: 'bench' });
  const watch = connect(url, { max: 1, name: 'bench-watch' });
  const rules = await loadDecisionRules(sql);
  const cache = new FeatureCacheKeeper(sql);
  const deps = { sql, rules: () => rules, queue: new EntityQueue(), cache };
  const latencies: number[] = [];
  const run = async (client: number, until: number, keep: boolean) => {
    const random = seededRandom(client * 7919 + Math.floor(until));
    for (let i = 0; performance.now() < until; i += 1) {
      const id = `bench-${until.toFixed(0)}-${client}-${i}`;
      const payment = generatePayment(historyWorld, id, new Date(), random);
      const started = performance.now();
      const [outcome] = await decide([{ payment }], deps);
      if (outcome?.kind !== 'answer') throw new Error(`no answer: ${outcome?.kind}`);
      if (keep) latencies.push(performance.now() - started);
    }
  };
  const all = (forSeconds: number, keep: boolean) => {
    const until = performance.now() + forSeconds * 1000;
    return Promise.all(Array.from({ length: clients }, (_, client) => run(client, until, keep)));
  };
  await all(2, false);
  await cache.flush();
  const before = await counters(watch);
  await all(seconds, true);
  // The counters of a backend arrive with its next report, a second later at most.
  await new Promise((resolve) => setTimeout(resolve, 1500));
  const after = await counters(watch);
  await Promise.all([sql.end(), watch.end()]);
  latencies.sort((a, b) => a - b);
  return {
    clients,
    perSecond: latencies.length / seconds,
    p50: percentile(latencies, 0.5),
    p99: percentile(latencies, 0.99),
    roundTrips: (after.statements - before.statements) / latencies.length,
    commits: (after.commits - before.commits) / latencies.length,
  };
}

const ms = (value: number) => value.toFixed(value < 10 ? 2 : 1);

async function report(url: string): Promise<void> {
  const pgbench = findPgbench();
  console.log(
    '| clients | decide() per second | p50 ms | p99 ms | round trips | commits | pgbench per second | p50 ms | p99 ms | decide / pgbench |\n|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|',
  );
  for (const clients of options.clients.split(',').map(Number)) {
    const ours = await measureDecide(url, clients);
    const theirs = pgbench ? await runPgbench(pgbench, url, clients, seconds) : null;
    const cells = [
      clients,
      Math.round(ours.perSecond),
      ms(ours.p50),
      ms(ours.p99),
      ours.roundTrips.toFixed(2),
      ours.commits.toFixed(2),
      theirs ? Math.round(theirs.perSecond) : 'no pgbench',
      theirs ? ms(theirs.p50) : '–',
      theirs ? ms(theirs.p99) : '–',
      theirs ? `${Math.round((ours.perSecond / theirs.perSecond) * 100)} %` : '–',
    ];
    console.log(`| ${cells.join(' | ')} |`);
  }
}

async function main(): Promise<void> {
  const given = process.env.BENCH_DATABASE_URL;
  const dir = mkdtempSync(path.join(os.tmpdir(), 'vigil-bench-'));
  const server = given
    ? null
    : await startEmbedded({ dir, durable: true, settings: { shared_buffers: '1GB' } });
  try {
    const url = given ?? (await ensureDatabase(server!.url, 'vigil_bench'));
    await migrate(url, { passwordFile: path.join(dir, 'roles.json') });
    const owner = connect(url, { max: 4, name: 'bench' });
    setDatabase(owner);
    await seedRules(database());
    await fillHistory(owner, Number(options.history));
    const [about] =
      await owner`select current_setting('server_version') as version, current_setting('fsync') as fsync,
      current_setting('synchronous_commit') as synchronous, (select count(*)::int from transactions) as payments`;
    await closeDatabase();
    console.log(
      `PostgreSQL ${about!.version}, fsync ${about!.fsync}, synchronous_commit ${about!.synchronous}, ${about!.payments} payments before, ` +
        `${os.cpus().length} × ${os.cpus()[0]?.model.trim()}, node ${process.version}, ${seconds} s each; client and server on one machine\n`,
    );
    await report(url);
    console.log('\n| the read of | p50 ms | p99 ms |\n|---|--:|--:|');
    for (const { name, p50, p99 } of await measureReads(url, Number(options.busy)))
      console.log(`| ${name} | ${ms(p50)} | ${ms(p99)} |`);
  } finally {
    await server?.stop();
    if (server) rmSync(server.dataDir, { recursive: true, force: true });
    rmSync(dir, { recursive: true, force: true });
  }
}

await main();
