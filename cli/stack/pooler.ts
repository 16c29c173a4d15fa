import { spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { freePort } from '@/db/embedded';
import { waitUntil } from '@/db/process-table';
import { debianPostgres } from '../checks/debian-postgres';
import { root, StartError } from '../starter/settings';
import { pgbouncer } from './packages';

export type PoolerOptions = {
  /** Folder of its own, made when absent. */
  dir: string;
  /** Port of the server behind it. */
  serverPort: number;
  /** Passwords of the login that looks others up and of the one that may only look on. */
  secrets: { pooler: string; stats: string };
  /** What differs from deploy/pgbouncer.ini. */
  settings?: Record<string, string | number>;
};

export type Pooler = {
  /** Address and port of 127.0.0.1, for URLs. */
  host: string;
  /** Its own console, for SHOW POOLS and the like. */
  adminUrl: string;
  exited: Promise<void>;
  stop(): Promise<void>;
};

/** Starts PgBouncer from deploy/pgbouncer.ini in front of every database of a server on this machine. */
export async function startPooler(options: PoolerOptions): Promise<Pooler> {
  const { dir, secrets } = options;
  const { as } = debianPostgres();
  fs.mkdirSync(dir, { recursive: true, mode: 0o700 });
  fs.chownSync(dir, as.uid, as.gid);
  const port = await freePort();
  const keep = (name: string, text: string) => {
    const file = path.join(dir, name);
    fs.writeFileSync(file, text, { mode: 0o600 });
    fs.chownSync(file, as.uid, as.gid);
    return file;
  };
  const users = keep(
    'userlist.txt',
    `"vigil_pooler" "${secrets.pooler}"\n"vigil_stats" "${secrets.stats}"\n`,
  );
  const ini = keep('pgbouncer.ini', configuration(options, port, users));
  const log = fs.openSync(path.join(dir, 'pgbouncer.log'), 'a', 0o600);
  // It ends with us, however we end: it holds connections to a server that we stop.
  const child = spawn(
    'setpriv',
    ['--reuid=postgres', '--regid=postgres', '--clear-groups', '--pdeathsig=TERM', pgbouncer, ini],
    {
      cwd: '/',
      detached: true,
      stdio: ['ignore', log, log],
    },
  );
  fs.closeSync(log);
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  const gone = () => child.exitCode !== null || child.signalCode !== null || child.pid === undefined;
  const end = Date.now() + 10_000;
  while (!gone() && !(await listens(port))) {
    if (Date.now() > end) child.kill('SIGKILL');
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  if (gone())
    throw new StartError(
      `PgBouncer did not start:\n${fs.readFileSync(path.join(dir, 'pgbouncer.log'), 'utf8')}`,
    );
  return {
    host: `127.0.0.1:${port}`,
    adminUrl: `postgres://vigil_stats:${secrets.stats}@127.0.0.1:${port}/pgbouncer`,
    exited,
    stop: async () => {
      child.kill('SIGTERM');
      if (!(await waitUntil(gone, 5_000))) child.kill('SIGKILL');
    },
  };
}

/** Later lines of a section win over earlier ones, but a section that comes again begins with nothing. */
function configuration({ dir, serverPort, settings }: PoolerOptions, port: number, users: string): string {
  const lines = Object.entries({
    listen_port: port,
    unix_socket_dir: '',
    pidfile: path.join(dir, 'pgbouncer.pid'),
    auth_file: users,
    ...settings,
  }).map(([name, value]) => `${name} = ${value}`);
  const production = fs.readFileSync(path.join(root, 'deploy/pgbouncer.ini'), 'utf8');
  const server = `host=127.0.0.1 port=${serverPort}`;
  const databases = [`fraud_detection = ${server} dbname=fraud_detection`, `* = ${server}`];
  return `${production.replace(/^fraud_detection = .*$/m, databases.join('\n'))}\n${lines.join('\n')}\n`;
}

const listens = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
