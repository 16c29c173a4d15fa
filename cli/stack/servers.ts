import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { connect } from '@/db/client';
import { type Embedded, startEmbedded } from '@/db/embedded';
import { findPlace } from '@/db/embedded-place';
import { ensureDatabase, migrate } from '@/db/migrate';
import { subscribe } from '@/db/subscriber';
import { debianPostgres } from '../checks/debian-postgres';
import { readJson, writePrivate } from '../starter/private-files';
import { say, step } from '../starter/progress';
import { root } from '../starter/settings';
import { type Pooler, startPooler } from './pooler';

export type StackOptions = {
  /** Folder of the servers. */
  dir: string;
  /** Where the passwords of the product's roles are kept. */
  passwordFile: string;
  /** False for a throw-away stack: no fsync. */
  durable: boolean;
};

export type Stack = {
  primary: Embedded;
  standby: Embedded;
  subscriber: Embedded;
  pooler: Pooler;
  /** What the product is started with. */
  env: Record<string, string>;
  /** Settles with the name of a server that ended unasked. */
  lost: Promise<string>;
};

type Secrets = { pooler: string; stats: string; replicator: string };

const standbySlot = 'vigil_standby';

/**
 * Starts the servers of production on this machine: primary, PgBouncer, streaming standby and subscriber.
 * @param undo gets what ends each of them, in the order in which they began
 */
export async function startServers(options: StackOptions, undo: (() => unknown)[]): Promise<Stack> {
  const { dir } = options;
  fs.mkdirSync(dir, { recursive: true, mode: 0o711 });
  fs.chmodSync(dir, 0o711);
  const secrets = readSecrets(dir);
  const stopping = new Set<string>();
  const run = async <T extends { stop(): Promise<void> }>(name: string, start: () => Promise<T>) => {
    const server = await step(name, start, () => 'runs');
    undo.push(() => {
      stopping.add(name);
      return server.stop();
    });
    return server;
  };
  const primary = await run('primary', () => startServer(options, 'primary'));
  const url = await ensureDatabase(primary.url);
  await step('schema', () =>
    migrate(url, { passwordFile: options.passwordFile, pooler: true, log: indented }),
  );
  await prepareLogins(url, secrets);
  const pooler = await run('PgBouncer', () =>
    startPooler({ dir: path.join(dir, 'pgbouncer'), serverPort: primary.port, secrets }),
  );
  const standby = await run('standby', () => startStandby(options, primary.port, secrets.replicator));
  const subscriber = await run('subscriber', () => startServer(options, 'subscriber'));
  await step('subscription', () =>
    subscribe(subscriber.url, publisherOf(options, primary.port, secrets.replicator), {
      passwordFile: path.join(dir, 'subscriber-roles.json'),
      log: indented,
    }),
  );
  const lost = Promise.race(
    Object.entries({ primary, PgBouncer: pooler, standby, subscriber }).map(([name, server]) =>
      (server.exited as Promise<unknown>).then(() =>
        stopping.has(name) ? new Promise<never>(() => {}) : name,
      ),
    ),
  );
  const env = addresses({ url, pooler, standby, subscriber });
  writePrivate(path.join(dir, 'stack.json'), `${JSON.stringify(env, null, 2)}\n`);
  return { primary, standby, subscriber, pooler, env, lost };
}

const indented = (line: string) => say(`  ${line}`);

function readSecrets(dir: string): Secrets {
  const file = path.join(dir, 'secrets.json');
  const kept = readJson<Secrets>(file);
  if (kept) return kept;
  const make = () => randomBytes(24).toString('base64url');
  const made = { pooler: make(), stats: make(), replicator: make() };
  writePrivate(file, `${JSON.stringify(made, null, 2)}\n`);
  return made;
}

/** A cluster of Debian's PostgreSQL from deploy/postgresql.conf, with the memory of a laptop. */
function startServer(
  options: StackOptions,
  name: string,
  settings: Record<string, string> = {},
): Promise<Embedded> {
  return startEmbedded({
    dir: path.join(options.dir, name),
    version: debianPostgres(),
    durable: options.durable,
    configuration: fs.readFileSync(path.join(root, 'deploy/postgresql.conf'), 'utf8'),
    settings: {
      cluster_name: name,
      shared_buffers: '256MB',
      maintenance_work_mem: '128MB',
      effective_cache_size: '2GB',
      min_wal_size: '80MB',
      max_wal_size: '1GB',
      max_prepared_transactions: '5',
      ...settings,
    },
  });
}

async function startStandby(options: StackOptions, primaryPort: number, password: string): Promise<Embedded> {
  const dir = path.join(options.dir, 'standby');
  const { dataDir } = findPlace(dir, debianPostgres());
  const passfile = writePassfile(options.dir, 'standby.pgpass', password);
  // The superuser of a copy is that of the original.
  fs.copyFileSync(path.join(options.dir, 'primary/password'), path.join(dir, 'password'));
  const primary = `host=127.0.0.1 port=${primaryPort} user=vigil_replicator passfile=${passfile}`;
  if (!fs.existsSync(path.join(dataDir, 'PG_VERSION'))) copyPrimary(dataDir, primary);
  return startServer(options, 'standby', {
    primary_conninfo: `${primary} application_name=vigil_standby`,
    primary_slot_name: standbySlot,
  });
}

/** As the manual has it: a copy over the replication protocol, with a slot that keeps the log from its beginning on. */
function copyPrimary(dataDir: string, primary: string): void {
  const { folder, as } = debianPostgres();
  fs.mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  fs.chownSync(dataDir, as.uid, as.gid);
  const args = [
    '-D',
    dataDir,
    '-d',
    primary,
    '-X',
    'stream',
    '-C',
    '-S',
    standbySlot,
    '-c',
    'fast',
    '--no-sync',
  ];
  const copied = spawnSync(`${folder}/bin/pg_basebackup`, args, { ...as, cwd: '/', encoding: 'utf8' });
  if (copied.status !== 0) throw new Error(`pg_basebackup failed: ${copied.stderr}`);
  fs.writeFileSync(path.join(dataDir, 'standby.signal'), '');
  fs.chownSync(path.join(dataDir, 'standby.signal'), as.uid, as.gid);
}

const publisherOf = (options: StackOptions, port: number, password: string): string => {
  const passfile = writePassfile(options.dir, 'subscriber.pgpass', password);
  return `host=127.0.0.1 port=${port} dbname=fraud_detection user=vigil_replicator passfile=${passfile}`;
};

/** A server reads the password of its connection to another from here, so that none is in a catalog or a command line. */
function writePassfile(dir: string, name: string, password: string): string {
  const { as } = debianPostgres();
  const file = path.join(fs.realpathSync(dir), name);
  fs.writeFileSync(file, `*:*:*:vigil_replicator:${password}\n`, { mode: 0o600 });
  fs.chownSync(file, as.uid, as.gid);
  return file;
}

/** The logins of the machinery, from the files that production runs by hand. */
async function prepareLogins(url: string, secrets: Secrets): Promise<void> {
  const sql = connect(url, { max: 1, name: 'stack', prepare: false });
  try {
    for (const name of ['pgbouncer.sql', 'replication.sql'])
      await sql.unsafe(fs.readFileSync(path.join(root, 'deploy', name), 'utf8'));
    await sql.unsafe(`alter role vigil_pooler password '${secrets.pooler}'`);
    await sql.unsafe(`alter role vigil_replicator password '${secrets.replicator}'`);
  } finally {
    await sql.end();
  }
}

function addresses(servers: {
  url: string;
  pooler: Pooler;
  standby: Embedded;
  subscriber: Embedded;
}): Record<string, string> {
  const at = (host: string) => {
    const url = new URL(servers.url);
    url.host = host;
    return url.href;
  };
  const subscriber = new URL(servers.subscriber.url);
  subscriber.pathname = '/fraud_detection';
  return {
    DATABASE_URL: at(servers.pooler.host),
    DIRECT_DATABASE_URL: servers.url,
    ANALYTICS_DATABASE_URL: at(`127.0.0.1:${servers.standby.port}`),
    VIGIL_POOLER_ADMIN_URL: servers.pooler.adminUrl,
    VIGIL_SUBSCRIBER_DATABASE_URL: subscriber.href,
  };
}
