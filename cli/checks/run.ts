import { type ChildProcess, spawn } from 'node:child_process';
import { endGroup } from '../starter/run-marks';

export type Count = {
  passed: number;
  failed: number;
  /** The name of each test that failed, with what went wrong. */
  failures: string[];
  /** Where those are, as their runner takes it; none of what is no test. */
  places: string[];
};

const running = new Set<ChildProcess>();

/** Runs a program with its output on ours; answers its exit code. */
export function runProgram(
  command: string,
  args: string[],
  env: Record<string, string> = {},
): Promise<number> {
  if (interrupted) return Promise.resolve(130);
  return new Promise((resolve) => {
    // A group of its own, so that what it starts ends with it.
    const child = spawn(command, args, {
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, ...env },
      detached: true,
    });
    running.add(child);
    child.once('error', (error) => {
      console.error(error.message);
      running.delete(child);
      resolve(127);
    });
    child.once('exit', (code) => {
      running.delete(child);
      resolve(code ?? 1);
    });
  });
}

/** Runs one of our own entry points or a package's program under this Node. */
export const runNode = (args: string[], env: Record<string, string> = {}): Promise<number> =>
  runProgram(process.execPath, args, env);

let interrupted = false;
/** True after Ctrl-C: what runs is being ended, and nothing more begins. */
export const isInterrupted = (): boolean => interrupted;

/** Ctrl-C ends what is running, which ends what it has started; whoever has started servers then stops them as ever. */
export function endWithUs(): void {
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      interrupted = true;
      for (const child of running) if (child.pid) endGroup(child.pid, name);
      setTimeout(() => process.exit(130), 30_000).unref();
    });
  }
}
