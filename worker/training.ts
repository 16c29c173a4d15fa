import { type ChildProcess, spawn } from 'node:child_process';
import type { Sql } from 'postgres';
import { log } from '@/domain/log';
import { takeExperiment } from '@/domain/models/experiment';
import type { Topic } from '@/domain/operation';
import type { Part } from './part';

export type TrainingOptions = {
  sql: Sql;
  notify?: (topics: readonly Topic[]) => void;
  everyMs?: number;
  /** Of the process that trains. */
  env?: NodeJS.ProcessEnv;
};

/**
 * Begins training runs that wait, one at a time, each in a process of its own: it computes for minutes, and nothing
 * else here may wait for it.
 */
export class Training implements Part {
  readonly name = 'training';
  readonly #options: TrainingOptions;
  #timer: NodeJS.Timeout | undefined;
  #child: ChildProcess | null = null;
  #ended: Promise<void> = Promise.resolve();
  #looking: Promise<void> | null = null;
  #stopped = false;

  constructor(options: TrainingOptions) {
    this.#options = options;
  }

  start(): void {
    this.#timer = setInterval(() => {
      this.#looking ??= this.look()
        .catch((error) => log.warn({ err: error }, 'training cannot be looked after'))
        .finally(() => {
          this.#looking = null;
        });
    }, this.#options.everyMs ?? 1_000);
  }

  /** What is under way goes back to those that wait. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#timer);
    await this.#looking;
    this.#child?.kill('SIGTERM');
    await this.#ended;
  }

  async look(): Promise<void> {
    if (this.#child || this.#stopped) return;
    const id = await takeExperiment(this.#options.sql);
    if (id === null) return;
    log.info({ experiment: id }, 'training begins');
    this.#options.notify?.(['models']);
    const child = spawn(process.execPath, ['--import', 'tsx', 'cli/train.ts', '--experiment', String(id)], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: this.#options.env ?? process.env,
    });
    this.#child = child;
    if (this.#stopped) child.kill('SIGTERM');
    this.#ended = new Promise((resolve) => {
      const end = (how: Record<string, unknown>) => {
        log.info({ experiment: id, ...how }, 'training ended');
        this.#child = null;
        this.#options.notify?.(['models']);
        resolve();
      };
      child.once('error', (error) => end({ err: error }));
      child.once('exit', (code, signal) => end({ code, signal }));
    });
  }
}
