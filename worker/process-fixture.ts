import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');

export type TestWorker = {
  child: ChildProcess;
  pid: number;
  /** What it logged, line by line. */
  said: string[];
  ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  running: () => boolean;
};

/** The worker process as it is run in production, over the database of a URL. */
export const startWorker = (url: string, env: Record<string, string> = {}): TestWorker => {
  const child = spawn(process.execPath, ['--import', 'tsx', 'worker/index.ts'], {
    cwd: root,
    env: {
      PATH: process.env.PATH ?? '',
      NODE_ENV: 'production',
      VIGIL_PROCESS: 'worker',
      VIGIL_WORKER_DATABASE_URL: url,
      VIGIL_LOG_LEVEL: 'info',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (data: Buffer) => said.push(...String(data).split('\n').filter(Boolean)));
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  return {
    child,
    pid: child.pid as number,
    said,
    ended,
    running: () => child.exitCode === null && child.signalCode === null,
  };
};
