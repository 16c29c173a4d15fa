import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { freePort } from '@/db/embedded';
import { postgresProcessesIn, signal, waitUntil } from '@/db/process-table';
import { runProgram } from './run';

const bin = '/usr/lib/postgresql/15/bin';

export type DebianServer = { url: string; stop(): Promise<void> };

/** PostgreSQL 15 and pg_cron from apt, where we are root on a Debian that has them; otherwise null. */
export async function ensureDebianPostgres(): Promise<boolean> {
  const present = () =>
    fs.existsSync(`${bin}/postgres`) && fs.existsSync('/usr/share/postgresql/15/extension/pg_cron.control');
  if (process.getuid?.() !== 0 || !fs.existsSync('/usr/bin/apt-get')) return false;
  if (present()) return true;
  const known = () => spawnSync('apt-cache', ['show', 'postgresql-15'], { stdio: 'ignore' }).status === 0;
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  if (!known()) await runProgram('apt-get', ['update', '-qq'], env);
  if (!known()) return false;
  console.log('· PostgreSQL 15: installing with apt');
  keepFromStarting();
  await runProgram(
    'apt-get',
    ['install', '-y', '-qq', '--no-install-recommends', 'postgresql-15', 'postgresql-15-cron'],
    env,
  );
  return present();
}

/** Debian makes and starts a cluster when it installs the package; ours is a throw-away one. */
function keepFromStarting(): void {
  const file = '/etc/postgresql-common/createcluster.d/vigil.conf';
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, 'create_main_cluster = false\n');
}

/** A throw-away PostgreSQL 15, with or without pg_cron, run as the user `postgres`. */
export async function startDebianPostgres(cron: boolean): Promise<DebianServer> {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'vigil-pg15-'));
  const data = path.join(dir, 'data');
  const port = await freePort();
  spawnSync('chown', ['-R', 'postgres:postgres', dir]);
  const as = (...command: string[]) => {
    const run = spawnSync('runuser', ['-u', 'postgres', '--', ...command], { encoding: 'utf8', cwd: '/' });
    if (run.status !== 0) throw new Error(`${command[0]}: ${run.stderr}${run.stdout}`);
  };
  const stop = async () => {
    spawnSync('runuser', ['-u', 'postgres', '--', `${bin}/pg_ctl`, '-D', data, '-m', 'fast', '-w', 'stop'], {
      cwd: '/',
    });
    for (const pid of postgresProcessesIn(data)) signal(pid, 'SIGKILL');
    await waitUntil(() => postgresProcessesIn(data).length === 0, 5_000);
    fs.rmSync(dir, { recursive: true, force: true });
  };
  try {
    as(
      `${bin}/initdb`,
      '-D',
      data,
      '-U',
      'postgres',
      '-A',
      'trust',
      '-E',
      'UTF8',
      '--locale=C.UTF-8',
      '--no-sync',
    );
    const libraries = cron ? 'pg_stat_statements,pg_cron' : '';
    const settings = [
      `port=${port}`,
      'listen_addresses=127.0.0.1',
      'unix_socket_directories=',
      `shared_preload_libraries=${libraries}`,
      'wal_level=logical',
      'fsync=off',
      'max_connections=150',
      'max_locks_per_transaction=512',
      ...(cron ? ['cron.database_name=fraud_detection', 'cron.host=127.0.0.1'] : []),
    ];
    fs.appendFileSync(
      path.join(data, 'postgresql.auto.conf'),
      settings.map((line) => line.replace(/=(.*)/, " = '$1'")).join('\n'),
    );
    as(`${bin}/pg_ctl`, '-D', data, '-l', path.join(dir, 'log'), '-w', 'start');
    return { url: `postgres://postgres@127.0.0.1:${port}/postgres`, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
