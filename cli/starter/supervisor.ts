import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { waitUntil } from '@/db/process-table';
import { warn } from './progress';
import { clearMark, endGroup, markRun } from './run-marks';
import { root, StartError } from './settings';

export type ProcessSpec = {
  name: string;
  args: string[];
  env: Record<string, string>;
  /** True for work that ends by itself: it is not started again after leaving with code 0. */
  mayEnd?: boolean;
};

type Watched = {
  spec: ProcessSpec;
  child: ChildProcess | null;
  startedAt: number;
  /** Ends in a row, each sooner than STEADY_MS after its start. */
  failures: number;
  timer?: NodeJS.Timeout;
};

const STEADY_MS = 30_000;
const LOUD_AFTER = 5;
const LONGEST_WAIT_MS = 30_000;
const STOP_MS = 10_000;

/** Runs processes, starts them again when they end, and ends them all. */
export class Supervisor {
  readonly #dataDir: string;
  readonly #watched: Watched[] = [];
  #stopping = false;

  constructor(dataDir: string) {
    this.#dataDir = dataDir;
    fs.mkdirSync(path.join(dataDir, 'logs'), { recursive: true, mode: 0o700 });
  }

  start(spec: ProcessSpec): void {
    const watched: Watched = { spec, child: null, startedAt: 0, failures: 0 };
    this.#watched.push(watched);
    this.#spawn(watched);
  }

  /** Throws once a process has ended so often in a row that waiting for it is of no use. */
  assertHopeful(): void {
    const lost = this.#watched.find((one) => one.failures >= LOUD_AFTER);
    if (lost) throw new StartError(`${lost.spec.name} does not start:\n${this.#tail(lost.spec.name)}`);
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    await Promise.all(this.#watched.map((watched) => this.#end(watched)));
  }

  /** At once, for a second Ctrl-C. */
  kill(): void {
    this.#stopping = true;
    for (const { child } of this.#watched) if (child?.pid) endGroup(child.pid, 'SIGKILL');
  }

  logFile(name: string): string {
    return path.join(this.#dataDir, 'logs', `${name}.log`);
  }

  #spawn(watched: Watched): void {
    const { spec } = watched;
    const file = this.logFile(spec.name);
    const size = fs.statSync(file, { throwIfNoEntry: false })?.size ?? 0;
    if (size > 20_000_000) fs.renameSync(file, `${file}.1`);
    const log = fs.openSync(file, 'a', 0o600);
    const leash = path.join(root, 'cli/starter/leash.mjs');
    watched.startedAt = Date.now();
    // Its own group, so that Ctrl-C reaches the starter alone and the order of stopping is ours.
    const child = spawn(process.execPath, ['--import', leash, ...spec.args], {
      cwd: root,
      env: spec.env as NodeJS.ProcessEnv,
      detached: true,
      stdio: ['ignore', log, log],
    });
    fs.closeSync(log);
    watched.child = child;
    if (child.pid) markRun(this.#dataDir, spec.name, child.pid);
    child.once('exit', (code, signal) => this.#ended(watched, child, code, signal));
    child.once('error', () => this.#ended(watched, child, 127, null));
  }

  #ended(watched: Watched, child: ChildProcess, code: number | null, signal: string | null): void {
    if (watched.child !== child) return;
    watched.child = null;
    // What it had started must not outlive it.
    if (child.pid) endGroup(child.pid, 'SIGKILL');
    clearMark(this.#dataDir, watched.spec.name);
    if (this.#stopping || (watched.spec.mayEnd && code === 0)) return;
    const steady = Date.now() - watched.startedAt > STEADY_MS;
    watched.failures = steady ? 1 : watched.failures + 1;
    const wait = Math.min(500 * 2 ** (watched.failures - 1), LONGEST_WAIT_MS);
    warn(`! ${watched.spec.name} ended (${signal ?? `code ${code}`}); again in ${wait / 1000} s`);
    if (watched.failures === LOUD_AFTER) {
      warn(`!!! ${watched.spec.name} has ended ${LOUD_AFTER} times in a row. Its last lines:`);
      warn(this.#tail(watched.spec.name));
      warn(
        `!!! All of it: ${this.logFile(watched.spec.name)}. Trying on, every ${LONGEST_WAIT_MS / 1000} s.`,
      );
    }
    watched.timer = setTimeout(() => this.#spawn(watched), wait);
  }

  async #end(watched: Watched): Promise<void> {
    clearTimeout(watched.timer);
    const { child } = watched;
    if (!child?.pid) return;
    child.kill('SIGTERM');
    const gone = () => child.exitCode !== null || child.signalCode !== null;
    if (!(await waitUntil(gone, STOP_MS))) {
      endGroup(child.pid, 'SIGKILL');
      await waitUntil(gone, 2_000);
    }
  }

  #tail(name: string): string {
    try {
      return fs.readFileSync(this.logFile(name), 'utf8').trimEnd().split('\n').slice(-20).join('\n');
    } catch {
      return '';
    }
  }
}
