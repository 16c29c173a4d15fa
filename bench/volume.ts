/**
 * Do pages stay as fast when there are ten times as many payments? Fills databases of 24 months and measures what the
 * server spends on each page, on the jobs over them and on a decision's read, with a verdict on every plan.
 *
 *   npm run bench:volume -- --rows 1000000
 *   npm run bench:volume -- --sizes 100000,1000000,10000000 [--dir /tmp/vigil-volume] [--keep] [--rounds 9]
 *
 * Starts an embedded PostgreSQL of its own under --dir and removes it afterwards; with --keep the filled databases stay
 * and the next run measures them again. Ends with 1 when a plan reads partitions that it could leave out.
 */
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { closeDatabase, connect } from '@/db/client';
import { type Embedded, startEmbedded } from '@/db/embedded';
import { ensureDatabase, migrate } from '@/db/migrate';
import { checkDisk } from './volume/disk';
import { fillDrift, fillVolume, readFilled, seedBasics, topUp } from './volume/fill';
import { measureArchive, measureDecide, measureRefresh, measureReports, measureSimilar } from './volume/jobs';
import { closeSubject, judgePage, measurePage, openSubject, type Subject } from './volume/measure';
import { findQueries } from './volume/operations';
import { otherPages, pages } from './volume/pages';
import { faultLines, type Line, printArchive, printJobs, printPages } from './volume/report';
import { type VolumeWorld, volumeWorld } from './volume/world';

const { values: options } = parseArgs({
  options: {
    rows: { type: 'string' },
    sizes: { type: 'string' },
    months: { type: 'string', default: '24' },
    'embedding-months': { type: 'string', default: '6' },
    rounds: { type: 'string', default: '9' },
    dir: { type: 'string', default: path.join(os.tmpdir(), 'vigil-volume') },
    keep: { type: 'boolean', default: false },
  },
});

const dir = path.resolve(options.dir);
const rounds = Number(options.rounds);
const worlds = (options.sizes ?? options.rows ?? '100000')
  .split(',')
  .map((rows) => volumeWorld(Number(rows), Number(options.months), Number(options['embedding-months'])));
const passwordFile = path.join(dir, 'roles.json');
const log = (line: string) => console.error(line);

/** While filling nothing needs to survive a crash: an unfinished database is filled again. */
const filling = {
  shared_buffers: '1GB',
  work_mem: '128MB',
  wal_level: 'minimal',
  max_wal_senders: 0,
  max_wal_size: '8GB',
  checkpoint_timeout: '1h',
  autovacuum: 'off',
};
/** As in production: fsync, synchronous_commit and wal_level = logical are the embedded server's own. */
const measuring = {
  shared_buffers: '2GB',
  'pg_stat_statements.track_planning': 'on',
  // Neither may begin in the middle of a measurement.
  autovacuum: 'off',
  checkpoint_timeout: '30min',
  max_wal_size: '4GB',
};

const databaseName = (world: VolumeWorld) => `volume_${world.rows}_${world.months}_${world.embeddingMonths}`;

async function fillAll(): Promise<void> {
  const server = await startEmbedded({ dir, durable: false, settings: filling });
  try {
    for (const world of worlds) {
      const url = await ensureDatabase(server.url, databaseName(world));
      const sql = connect(url, { max: 1 });
      const filled = await readFilled(sql);
      await sql.end();
      if (filled) continue;
      checkDisk(dir, world.rows);
      log(`filling ${world.rows.toLocaleString('en')} payments`);
      await fillVolume(url, world, { passwordFile, log });
    }
  } finally {
    await server.stop();
  }
}

async function open(server: Embedded): Promise<{ subjects: Subject[]; about: string }> {
  const subjects: Subject[] = [];
  let about = '';
  for (const world of worlds) {
    const url = await ensureDatabase(server.url, databaseName(world));
    const { roles } = await migrate(url, { passwordFile });
    await seedBasics(url);
    const sql = connect(url, { max: 1 });
    await topUp(sql, world);
    log(`drift and quality: ${(await fillDrift(sql)).toFixed(0)} s`);
    const [row] =
      await sql`select pg_size_pretty(pg_database_size(current_database())) as size, current_setting('server_version') as version,
      current_setting('fsync') as fsync, current_setting('shared_buffers') as buffers`;
    await sql.end();
    log(`${world.rows.toLocaleString('en')} payments: ${row!.size}`);
    about = `PostgreSQL ${row!.version}, fsync ${row!.fsync}, shared_buffers ${row!.buffers}`;
    subjects.push(await openSubject(world.rows, url, roles.web));
  }
  return { subjects, about };
}

async function measurePages(subjects: Subject[]): Promise<Line[]> {
  const queries = await findQueries();
  const others = otherPages(queries.values());
  if (others.unasked.length > 0)
    throw new Error(`bench/volume/pages.ts has no input for ${others.unasked.join(', ')}`);
  const lines: Line[] = [];
  for (const page of [...pages, ...others.pages]) {
    log(page.page);
    const costs = await measurePage(page, subjects, queries, rounds);
    const judged = [];
    for (const subject of subjects) judged.push(await judgePage(page, subject, queries));
    lines.push({ name: page.page, costs, judged });
  }
  return lines;
}

async function measureJobs(subjects: Subject[]): Promise<Line[]> {
  const lines = new Map<string, Line>();
  for (const [at, subject] of subjects.entries()) {
    const world = worlds[at]!;
    const all = [
      await measureRefresh(subject, rounds),
      await measureReports(subject, rounds),
      await measureSimilar(subject, rounds),
      ...(await measureDecide(subject, world, rounds)),
    ];
    for (const { name, ms, judged } of all) {
      const line = lines.get(name) ?? { name, costs: [], judged: [] };
      line.costs.push({ ms, statements: 1, blocks: 0 });
      line.judged.push(judged);
      lines.set(name, line);
    }
  }
  return [...lines.values()];
}

async function main(): Promise<number> {
  mkdirSync(dir, { recursive: true });
  await fillAll();
  const server = await startEmbedded({ dir, durable: true, settings: measuring });
  try {
    const { subjects, about } = await open(server);
    console.log(
      `${about}, ${os.cpus().length} × ${os.cpus()[0]?.model.trim()}, ${(os.totalmem() / 1e9).toFixed(0)} GB, node ${process.version}, ` +
        `median of ${rounds} rounds, load ${os.loadavg()[0]?.toFixed(1)}\n`,
    );
    const sizes = subjects.map(({ rows }) => rows);
    const pageLines = await measurePages(subjects);
    printPages(sizes, pageLines);
    const jobLines = await measureJobs(subjects);
    printJobs(sizes, jobLines);
    await closeDatabase();
    printArchive(await Promise.all(subjects.map(async (subject) => measureArchive(subject))));
    await Promise.all(subjects.map(closeSubject));
    const faults = faultLines(sizes, [...pageLines, ...jobLines]);
    for (const fault of faults) console.log(`- ${fault}`);
    return faults.length > 0 ? 1 : 0;
  } finally {
    await server.stop();
    if (!options.keep) {
      rmSync(server.dataDir, { recursive: true, force: true });
      rmSync(dir, { recursive: true, force: true });
    } else if (existsSync(dir)) log(`kept: ${dir}`);
  }
}

process.exit(await main());
