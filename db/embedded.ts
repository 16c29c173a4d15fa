import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import postgres from 'postgres';
import { applyConfiguration, initialise } from './embedded-files';
import { type EmbeddedMajor, findPlace, type Installed, type Place } from './embedded-place';
import {
  findProcess,
  type ProcessMark,
  pause,
  postgresProcessesIn,
  signal,
  stillRuns,
  waitUntil,
} from './process-table';

export type EmbeddedOptions = {
  /** Folder for this cluster; made when absent. */
  dir: string;
  /** Wanted port; otherwise the one of the last start when it is free, otherwise any free one. */
  port?: number;
  /** Which PostgreSQL: npm's 18 unless told, another of npm's, or one that the machine has installed. */
  version?: EmbeddedMajor | Installed;
  settings?: Record<string, string | number>;
  /** Lines of a postgresql.conf that stand in place of our usual settings. */
  configuration?: string;
  /** False for tests: no fsync, so a power cut may lose the cluster. */
  durable?: boolean;
};

export type Embedded = {
  /** Superuser, database `postgres`. */
  url: string;
  port: number;
  pid: number;
  dataDir: string;
  /** Settles when the server is gone, whoever ended it. */
  exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  stop(): Promise<void>;
};

const START_LIMIT_MS = 120_000;
const RETRY_LIMIT_MS = 15_000;

const ownSettings: Record<string, string | number> = {
  listen_addresses: '127.0.0.1',
  // A socket path has a limit of about 107 bytes, which a deep folder passes.
  unix_socket_directories: '',
};
const usualSettings: Record<string, string | number> = {
  shared_preload_libraries: 'pg_stat_statements',
  wal_level: 'logical',
  max_slot_wal_keep_size: '2GB',
  max_connections: 150,
  // Hourly partitions: a statement over all of them takes a lock on each.
  max_locks_per_transaction: 512,
  timezone: 'UTC',
  log_timezone: 'UTC',
  track_io_timing: 'on',
  random_page_cost: 1.1,
};
const volatileSettings = { fsync: 'off', full_page_writes: 'off' };

/**
 * Starts PostgreSQL from the binaries in node_modules and answers when it takes connections.
 * Ends what an earlier, killed start has left in the same folder; throws when a live one holds it.
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  const place = findPlace(options.dir, options.version);
  holdFolder(place.stateDir);
  try {
    await endLeftovers(place.dataDir);
    const password = readPassword(place.stateDir);
    if (!fs.existsSync(path.join(place.dataDir, 'PG_VERSION')))
      initialise(place, password, options.durable ?? true);
    if (options.configuration) applyConfiguration(place, options.configuration);
    const end = Date.now() + RETRY_LIMIT_MS;
    for (;;) {
      const port = await choosePort(place.stateDir, options.port);
      try {
        return await startOnce(place, password, port, options);
      } catch (error) {
        if (!(error instanceof StartRefused) || Date.now() > end) throw error;
        await pause(300);
        await endLeftovers(place.dataDir);
      }
    }
  } catch (error) {
    releaseFolder(place.stateDir);
    throw error;
  }
}

/** The server left for a reason that time or another port may cure. */
class StartRefused extends Error {}

const markFile = (stateDir: string) => path.join(stateDir, 'supervisor.json');

function holdFolder(stateDir: string): void {
  const file = markFile(stateDir);
  for (let attempt = 0; attempt < 3; attempt++) {
    try {
      fs.writeFileSync(file, JSON.stringify(findProcess(process.pid)), { flag: 'wx', mode: 0o600 });
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const holder = readMark(file);
    if (holder && stillRuns(holder)) {
      throw new Error(`The database in ${stateDir} is already run by process ${holder.pid}.`);
    }
    fs.rmSync(file, { force: true });
  }
  throw new Error(`Another process is starting the database in ${stateDir}.`);
}

function readMark(file: string): ProcessMark | null {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}

const releaseFolder = (stateDir: string) => fs.rmSync(markFile(stateDir), { force: true });

/** Stops a postmaster or backends that outlived their supervisor, and clears a lock file nobody owns. */
async function endLeftovers(dataDir: string): Promise<void> {
  const lock = path.join(dataDir, 'postmaster.pid');
  const found = () => postgresProcessesIn(dataDir);
  if (found().length > 0) {
    const postmaster = Number(readText(lock)?.split('\n')[0]);
    if (found().includes(postmaster)) signal(postmaster, 'SIGINT');
    // Without their postmaster, backends leave by themselves at the next wait.
    if (!(await waitUntil(() => found().length === 0, 10_000))) {
      for (const pid of found()) signal(pid, 'SIGQUIT');
      if (!(await waitUntil(() => found().length === 0, 5_000))) {
        for (const pid of found()) signal(pid, 'SIGKILL');
        await waitUntil(() => found().length === 0, 5_000);
      }
    }
  }
  // PostgreSQL would take any live process with that number for its postmaster.
  if (found().length === 0) fs.rmSync(lock, { force: true });
}

function readText(file: string): string | null {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}

function readPassword(stateDir: string): string {
  const file = path.join(stateDir, 'password');
  const known = readText(file)?.trim();
  if (known) return known;
  const made = randomBytes(24).toString('base64url');
  fs.writeFileSync(file, `${made}\n`, { mode: 0o600 });
  return made;
}

async function choosePort(stateDir: string, wanted?: number): Promise<number> {
  if (wanted) return wanted;
  const last = Number(readText(path.join(stateDir, 'port')));
  const port = last > 0 && (await isFree(last)) ? last : await freePort();
  fs.writeFileSync(path.join(stateDir, 'port'), `${port}\n`, { mode: 0o600 });
  return port;
}

/** A port on 127.0.0.1 that nobody listens on now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = net.createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as net.AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

/** True when a server could listen on this port of 127.0.0.1. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = net.createServer().once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

async function startOnce(
  place: Place,
  password: string,
  port: number,
  options: EmbeddedOptions,
): Promise<Embedded> {
  const settings = {
    ...ownSettings,
    ...(options.configuration ? {} : usualSettings),
    ...(options.durable === false ? volatileSettings : {}),
    ...options.settings,
  };
  const args = ['-D', place.dataDir, '-p', String(port)];
  for (const [name, value] of Object.entries(settings)) args.push('-c', `${name}=${value}`);
  const logFile = path.join(place.stateDir, 'postgres.log');
  const size = fs.statSync(logFile, { throwIfNoEntry: false })?.size ?? 0;
  const log = fs.openSync(logFile, size > 20_000_000 ? 'w' : 'a', 0o600);
  // A session of its own: Ctrl-C reaches us first, and we let the clients go before the server.
  const child = spawn(place.postgres, args, {
    ...place.as,
    cwd: '/',
    detached: true,
    stdio: ['ignore', log, log],
  });
  fs.closeSync(log);
  // Also while it is starting: nothing of ours outlives us but by kill -9.
  const onExit = () => void (child.pid && signal(child.pid, 'SIGINT'));
  process.once('exit', onExit);
  const exited = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.once('error', () => resolve({ code: 127, signal: null }));
    child.once('exit', (code, sig) => resolve({ code, signal: sig }));
  });
  const url = `postgres://postgres:${encodeURIComponent(password)}@127.0.0.1:${port}/postgres`;
  void exited.then(() => process.off('exit', onExit));
  await takesConnections(child, url, () => `PostgreSQL did not start:\n${tail(logFile)}`);

  let stopping: Promise<void> | undefined;
  const stop = () => {
    stopping ??= shutDown(child, place.dataDir).finally(() => releaseFolder(place.stateDir));
    return stopping;
  };
  void exited.then(() => releaseFolder(place.stateDir));
  return { url, port, pid: child.pid!, dataDir: place.dataDir, exited, stop };
}

const tail = (file: string) => (readText(file) ?? '').trim().split('\n').slice(-12).join('\n');

async function takesConnections(child: ChildProcess, url: string, report: () => string): Promise<void> {
  let gone = false;
  child.once('exit', () => {
    gone = true;
  });
  child.once('error', () => {
    gone = true;
  });
  const end = Date.now() + START_LIMIT_MS;
  while (!gone && Date.now() < end) {
    const sql = postgres(url, { max: 1, connect_timeout: 5, onnotice: () => {} });
    try {
      await sql`select 1`;
      if (!gone) return;
    } catch (error) {
      if ((error as { code?: string }).code === '28P01') {
        await shutDown(child, '');
        throw new Error('The password file does not belong to this database folder.');
      }
    } finally {
      await sql.end({ timeout: 1 }).catch(() => {});
    }
    await pause(30);
  }
  if (!gone) await shutDown(child, '');
  throw new StartRefused(report());
}

/** Fast shutdown (open transactions are rolled back), then harder; returns when the process is gone. */
async function shutDown(child: ChildProcess, dataDir: string): Promise<void> {
  const gone = () => child.exitCode !== null || child.signalCode !== null;
  for (const [name, ms] of [
    ['SIGINT', 20_000],
    ['SIGQUIT', 5_000],
    ['SIGKILL', 5_000],
  ] as const) {
    if (gone()) break;
    child.kill(name);
    if (await waitUntil(gone, ms)) break;
  }
  if (dataDir) await waitUntil(() => postgresProcessesIn(dataDir).length === 0, 5_000);
}
