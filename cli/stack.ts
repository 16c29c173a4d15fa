import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { waitUntil } from '@/db/process-table';
import { ensurePackages } from './stack/packages';
import { startServers } from './stack/servers';
import { say, warn } from './starter/progress';
import { claimRun, clearMark } from './starter/run-marks';
import { StartError } from './starter/settings';

/** What must be undone, the last first. */
const cleanups: (() => unknown)[] = [];
let stopping = false;

/** The plan's production on this machine: Debian's servers, then the product on them as bin/start runs it. */
async function main(): Promise<void> {
  await ensurePackages();
  const kept = process.env.VIGIL_STACK_DIR;
  const dir = kept
    ? path.resolve(process.env.VIGIL_STARTED_IN || process.cwd(), kept)
    : fs.mkdtempSync(path.join(os.tmpdir(), 'vigil-stack-'));
  fs.mkdirSync(dir, { recursive: true });
  if (!kept) cleanups.push(() => fs.rmSync(dir, { recursive: true, force: true }));
  claimRun(dir, 'stack');
  cleanups.push(() => clearMark(dir, 'start'));
  say(`Vigil's stack · data in ${dir}`);
  const dataDir = process.env.VIGIL_DATA_DIR || path.join(dir, 'vigil');
  fs.mkdirSync(dataDir, { recursive: true, mode: 0o711 });
  const stack = await startServers(
    { dir, passwordFile: path.join(dataDir, 'roles.json'), durable: Boolean(kept) },
    cleanups,
  );
  void stack.lost.then((name) => {
    warn(`! ${name} ended; stopping everything`);
    void stop(1);
  });
  if (process.env.VIGIL_STACK_ONLY === '1') {
    say(`ready: the addresses are in ${path.join(dir, 'stack.json')}`);
    return;
  }
  const product = spawn(process.execPath, ['--import', 'tsx', 'cli/start.ts', ...process.argv.slice(2)], {
    env: { ...process.env, ...stack.env, VIGIL_DATA_DIR: dataDir },
    stdio: ['ignore', 'inherit', 'inherit'],
    // Its own group, so that Ctrl-C reaches us alone and the servers outlive the product.
    detached: true,
  });
  cleanups.push(() => endProduct(product));
  product.once('exit', (code) => void stop(code ?? 1));
}

async function endProduct(product: ChildProcess): Promise<void> {
  const gone = () => product.exitCode !== null || product.signalCode !== null;
  if (gone()) return;
  product.kill('SIGTERM');
  if (!(await waitUntil(gone, 40_000))) product.kill('SIGKILL');
}

async function stop(code: number): Promise<void> {
  if (stopping) return;
  stopping = true;
  for (const undo of cleanups.reverse()) {
    try {
      await undo();
    } catch (error) {
      warn(`! ${(error as Error).message}`);
      code ||= 1;
    }
  }
  process.exit(code);
}

for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(name, () => {
    if (!stopping) say('stopping');
    void stop(0);
  });
}

main().catch((error: unknown) => {
  if (stopping) return;
  warn(error instanceof StartError ? error.message : String((error as Error).stack ?? error));
  void stop(1);
});
