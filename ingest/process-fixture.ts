import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import postgres, { type Sql } from 'postgres';
import { afterAll } from 'vitest';
import { closeDatabase, connect, database, setDatabase } from '@/db/client';
import { type Embedded, freePort, startEmbedded } from '@/db/embedded';
import { ensureDatabase, migrate } from '@/db/migrate';
import { pause, postgresProcessesIn, signal } from '@/db/process-table';
import { apiScopes } from '@/domain/access';
import { newKey } from '@/domain/api-keys/secret';
import { seedSettings } from '@/domain/settings/read';

const root = path.resolve(import.meta.dirname, '..');

/** A PostgreSQL server of its own and the ingest process as it is run in production, both to be killed at will. */
export const realIngest = async () => {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'vigil-test-ingest-'));
  let server: Embedded = await startEmbedded({ dir, durable: false });
  let child: ChildProcess | null = null;
  const errors: string[] = [];
  const bootstrap = await ensureDatabase(server.url);
  const { roles } = await migrate(bootstrap, { passwordFile: path.join(dir, 'roles.json') });
  const { key, prefix, hash } = newKey();
  setDatabase(connect(bootstrap, { max: 1, name: 'test' }));
  await seedSettings(database());
  await closeDatabase();
  const sql: Sql = postgres(bootstrap, { max: 2, onnotice: () => {}, backoff: () => 0.1 });
  await sql`select ensure_partitions()`;
  await sql`insert into api_keys (name, owner_id, prefix, key_hash, scopes, rate_per_second, burst, created_by)
    values ('test', 'owner-1', ${prefix}, ${hash}, ${sql.array([...apiScopes])}, 100000, 1000000, 'test')`;
  const port = await freePort();
  const base = `http://127.0.0.1:${port}`;

  const start = (): ChildProcess => {
    const started = spawn(process.execPath, ['--import', 'tsx', 'ingest/server.ts'], {
      cwd: root,
      env: {
        PATH: process.env.PATH ?? '',
        NODE_ENV: 'production',
        VIGIL_PROCESS: 'ingest',
        VIGIL_INGEST_PORT: String(port),
        VIGIL_INGEST_DATABASE_URL: roles.ingest,
        VIGIL_LOG_LEVEL: 'error',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [started.stdout, started.stderr])
      stream?.on('data', (data: Buffer) => errors.push(String(data)));
    child = started;
    return started;
  };

  const health = async (): Promise<number> =>
    fetch(`${base}/api/v1/health`).then(
      (answer) => answer.status,
      () => 0,
    );
  const healthy = async (status = 200, withinMs = 120_000): Promise<void> => {
    for (const end = Date.now() + withinMs; Date.now() < end; await pause(20))
      if ((await health()) === status) return;
    throw new Error(`no ${status} from health:\n${errors.join('').slice(-2000)}`);
  };
  const ended = (one: ChildProcess): Promise<{ code: number | null; signal: string | null }> =>
    new Promise((resolve) => {
      if (one.exitCode !== null || one.signalCode !== null)
        resolve({ code: one.exitCode, signal: one.signalCode });
      else one.once('exit', (code, name) => resolve({ code, signal: name }));
    });
  const call = (target: string, init: RequestInit = {}, type = 'application/json'): Promise<Response> =>
    fetch(`${base}${target}`, {
      signal: AbortSignal.timeout(60_000),
      ...init,
      headers: { authorization: `Bearer ${key}`, 'content-type': type },
    });

  const startDatabase = async (): Promise<void> => {
    server = await startEmbedded({ dir, port: server.port, durable: false });
  };
  afterAll(async () => {
    child?.kill('SIGKILL');
    await sql.end({ timeout: 1 });
    for (const pid of postgresProcessesIn(server.dataDir)) signal(pid, 'SIGCONT');
    await server.stop();
    fs.rmSync(server.dataDir, { recursive: true, force: true });
    fs.rmSync(dir, { recursive: true, force: true });
  });

  return {
    sql,
    roles,
    errors,
    start,
    healthy,
    health,
    ended,
    call,
    startDatabase,
    child: () => child,
    stopDatabase: () => server.stop(),
    killDatabase: async () => {
      signal(server.pid, 'SIGKILL');
      await server.exited;
    },
    /** Freezes the server, or lets it go on. */
    freeze: (name: 'SIGSTOP' | 'SIGCONT') => {
      for (const pid of postgresProcessesIn(server.dataDir)) signal(pid, name);
    },
    /** Kills one backend of a role's, at which PostgreSQL restarts itself; it may still be at it for the last one. */
    killBackend: async (role = 'vigil_ingest') => {
      for (const end = Date.now() + 20_000; ; await pause(20))
        try {
          const [row] = await sql<{ pid: number }[]>`select pid from pg_stat_activity
            where usename = ${role} order by random() limit 1`;
          if (row) signal(row.pid, 'SIGKILL');
          return;
        } catch (error) {
          if (Date.now() > end) throw error;
        }
    },
    pay: (body: unknown) => call('/api/v1/transactions', { method: 'POST', body: JSON.stringify(body) }),
  };
};
