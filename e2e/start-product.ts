import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { freePort } from '../db/embedded';
import { waitUntil } from '../db/process-table';

const prefix = 'vigil-e2e-';

/**
 * Starts the whole product from a production build, on free ports, with data of its own; with VIGIL_E2E_STACK=1 on the
 * servers of production.
 * With VIGIL_E2E_URL it uses a running one, whose credentials lie in VIGIL_E2E_CREDENTIALS or .vigil/credentials.json.
 */
export default async function startProduct() {
  if (process.env.VIGIL_E2E_URL) {
    process.env.VIGIL_E2E_CREDENTIALS ??= path.resolve('.vigil/credentials.json');
    return;
  }
  const dataDir = fs.mkdtempSync(path.join(os.tmpdir(), prefix));
  fs.chmodSync(dataDir, 0o711);
  const webPort = await freePort();
  const env = {
    ...process.env,
    VIGIL_WEB_PORT: String(webPort),
    VIGIL_INGEST_PORT: String(await freePort()),
    VIGIL_DATA_DIR: dataDir,
    VIGIL_DEMO: '1',
    VIGIL_DEMO_HISTORY_HOURS: process.env.VIGIL_DEMO_HISTORY_HOURS ?? '6',
  };
  const stackDir = process.env.VIGIL_E2E_STACK === '1' ? path.join(dataDir, 'stack') : null;
  const child = spawn(process.execPath, ['--import', 'tsx', stackDir ? 'cli/stack.ts' : 'cli/start.ts'], {
    env: { ...env, ...(stackDir ? { VIGIL_STACK_DIR: stackDir } : {}) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  try {
    await waitForReady(child);
  } catch (error) {
    await stop(child, dataDir);
    throw error;
  }
  process.env.VIGIL_E2E_URL = `http://localhost:${webPort}`;
  process.env.VIGIL_E2E_CREDENTIALS = path.join(dataDir, 'credentials.json');
  process.env.VIGIL_E2E_DATA_DIR = dataDir;
  if (stackDir) process.env.VIGIL_E2E_STACK_DIR = stackDir;
  return () => stop(child, dataDir);
}

async function waitForReady(child: ChildProcess): Promise<void> {
  let output = '';
  const collect = (chunk: Buffer) => {
    output += chunk;
    if (process.env.VIGIL_E2E_VERBOSE) process.stderr.write(chunk);
  };
  child.stdout?.on('data', collect);
  child.stderr?.on('data', collect);
  const ready = () => /^ready http:\/\//m.test(output);
  const ended = () => child.exitCode !== null || child.signalCode !== null;
  await waitUntil(() => ready() || ended(), 300_000);
  if (!ready()) throw new Error(`The product did not start:\n${output}`);
}

async function stop(child: ChildProcess, dataDir: string): Promise<void> {
  child.kill('SIGTERM');
  const ended = () => child.exitCode !== null || child.signalCode !== null;
  if (!(await waitUntil(ended, 40_000))) child.kill('SIGKILL');
  if (process.env.VIGIL_E2E_KEEP) console.log(`kept: ${dataDir}`);
  else fs.rmSync(dataDir, { recursive: true, force: true });
}
