import fs from 'node:fs';
import path from 'node:path';
import postgres from 'postgres';
import { type Embedded, startEmbedded } from '@/db/embedded';
import { ensureDatabase, migrate } from '@/db/migrate';
import { pause } from '@/db/process-table';
import type { RoleUrls } from '@/db/roles';
import type { DatabaseUrls } from './processes';
import { say, step, warn } from './progress';
import { type Settings, StartError } from './settings';

export type RunningDatabase = {
  /** The login that may create roles, on the product's database, past any pooler. */
  bootstrap: string;
  urls: DatabaseUrls;
  stop(): Promise<void>;
};

/** Starts the embedded server, or checks the given one, and brings the schema to today's. */
export async function openDatabase(settings: Settings): Promise<RunningDatabase> {
  const server = settings.databaseUrl ? null : await startServer(settings);
  try {
    const given = settings.directUrl ?? settings.databaseUrl;
    if (given)
      await step(
        'database',
        () => greet(given),
        (version) => `PostgreSQL ${version} at ${new URL(given).host}`,
      );
    const bootstrap = given ?? (await ensureDatabase(server!.url()));
    // The embedded cluster is ours alone: lost role passwords are simply made anew.
    if (server) process.env.VIGIL_RESET_ROLE_PASSWORDS = '1';
    const { roles } = await step(
      'schema',
      () => migrateLoudly(bootstrap, settings),
      () => 'up to date',
    );
    return { bootstrap, urls: processUrls(roles, settings), stop: async () => server?.stop() };
  } catch (error) {
    await server?.stop();
    throw error;
  }
}

async function migrateLoudly(url: string, settings: Settings) {
  return migrate(url, {
    passwordFile: path.join(settings.dataDir, 'roles.json'),
    pooler: settings.directUrl !== null,
    log: (line) => say(`  ${line}`),
  });
}

/** The embedded server, started again on its port whenever it goes down unasked. */
async function startServer(settings: Settings): Promise<{ url(): string; stop(): Promise<void> }> {
  const dir = path.join(settings.dataDir, 'postgres');
  const fresh = !fs.existsSync(path.join(dir, 'password'));
  let current: Embedded;
  let stopping = false;
  try {
    current = await step(
      'database',
      () => startEmbedded({ dir }),
      ({ port, dataDir }) =>
        `embedded PostgreSQL 18 on port ${port}, ${fresh ? 'new ' : ''}data in ${dataDir}`,
    );
  } catch (error) {
    throw new StartError((error as Error).message);
  }
  // The console measures the disk that the server's files lie on.
  process.env.VIGIL_DISK_PATH ??= current.dataDir;
  const watch = async (): Promise<void> => {
    for (;;) {
      const { code, signal } = await current.exited;
      if (stopping) return;
      warn(`! database ended (${signal ?? `code ${code}`}); starting it again`);
      current = await restart(dir, current.port, () => stopping);
    }
  };
  void watch().catch((error: Error) => stopping || warn(`!!! ${error.message}`));
  return {
    url: () => current.url,
    stop: async () => {
      stopping = true;
      await current.stop();
    },
  };
}

async function restart(dir: string, port: number, stopping: () => boolean): Promise<Embedded> {
  for (let wait = 500; ; wait = Math.min(wait * 2, 30_000)) {
    try {
      return await startEmbedded({ dir, port });
    } catch (error) {
      if (stopping()) throw error;
      warn(`! database: ${(error as Error).message}`);
      await pause(wait);
    }
  }
}

/** Answers the version of a server that we did not start; says in plain words why it cannot be used. */
async function greet(url: string, made = false): Promise<string> {
  const sql = postgres(url, { max: 1, connect_timeout: 10, onnotice: () => {}, prepare: false });
  try {
    const [row] = await sql`select current_setting('server_version') as version,
      current_setting('server_version_num')::int as number`;
    if (row?.number < 150_000)
      throw new StartError(`PostgreSQL ${row?.version} is too old: 15 or newer is needed.`);
    return row?.version;
  } catch (error) {
    if (error instanceof StartError) throw error;
    if ((error as { code?: string }).code === '3D000' && !made) {
      await createNamed(url);
      return await greet(url, true);
    }
    const shown = new URL(url);
    shown.password = shown.password ? '***' : '';
    throw new StartError(`DATABASE_URL (${shown.href}) does not answer: ${(error as Error).message}`);
  } finally {
    await sql.end({ timeout: 2 });
  }
}

/** The server is there and the database is not: makes it, as on the embedded server. */
async function createNamed(url: string): Promise<void> {
  const server = new URL(url);
  const name = decodeURIComponent(server.pathname.slice(1));
  server.pathname = '/postgres';
  try {
    await ensureDatabase(server.href, name);
    say(`  made the database ${name}`);
  } catch (error) {
    throw new StartError(
      `The database ${name} is not there and could not be made: ${(error as Error).message}`,
    );
  }
}

/** The roles' logins as migrate made them are direct; those of the web and the worker go through the pooler. */
function processUrls(roles: RoleUrls, settings: Settings): DatabaseUrls {
  const own = (name: keyof DatabaseUrls['direct']) =>
    process.env[`VIGIL_${name.toUpperCase()}_DATABASE_URL`] || roles[name];
  const direct = {
    web: own('web'),
    ingest: own('ingest'),
    worker: own('worker'),
    maintainer: own('maintainer'),
    planner: own('planner'),
    readonly: own('readonly'),
  };
  const at = (server: string) => {
    const { host, pathname, search } = new URL(server);
    const moved = (text: string) => Object.assign(new URL(text), { host, pathname, search }).href;
    return { ...direct, web: moved(direct.web), worker: moved(direct.worker) };
  };
  const pooled = settings.directUrl && settings.databaseUrl ? at(settings.databaseUrl) : direct;
  return { direct, pooled, analytics: settings.analyticsUrl ? at(settings.analyticsUrl) : null };
}
