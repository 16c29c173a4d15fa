import { Cron } from 'croner';
import type { Sql } from 'postgres';
import { isUnavailable } from '@/domain/errors';
import { lockJob, type RunEnd, recordRun, serverJobs, takeSlot } from '@/domain/jobs/runs';
import { log } from '@/domain/log';
import type { Topic } from '@/domain/operation';
import type { Part } from './part';
import type { Job } from './schedule';

export type SchedulerOptions = {
  sql: Sql;
  jobs: readonly Job[];
  /** Names this worker in job_slots. */
  worker: string;
  now?: () => Date;
  notify?: (topics: readonly Topic[]) => void;
};

type Entry = {
  job: Job;
  cron: Cron;
  /** The last planned moment that this worker has dealt with. */
  slot: Date;
  running: Promise<void> | null;
  /** The end of a run that could not be written because the database went away. */
  unwritten: { startedAt: string; end: RunEnd } | null;
};

const shortestWaitMs = 1_000;
const longestWaitMs = 30_000;
const serverJobsForMs = 300_000;

/**
 * Runs jobs by their schedule: of a job one run at a time, of several missed moments the last one once, of any
 * number of workers one. While the database is away it asks with growing pauses and then goes on where it stopped.
 */
export class Scheduler implements Part {
  readonly name = 'jobs';
  readonly #sql: Sql;
  readonly #worker: string;
  readonly #now: () => Date;
  readonly #notify: (topics: readonly Topic[]) => void;
  readonly #entries: Entry[];
  #awayUntil = 0;
  #waitMs = shortestWaitMs;
  #elsewhere = new Set<string>();
  #elsewhereAskedAt = Number.NEGATIVE_INFINITY;
  #stopped = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: SchedulerOptions) {
    this.#sql = options.sql;
    this.#worker = options.worker;
    this.#now = options.now ?? (() => new Date());
    this.#notify = options.notify ?? (() => {});
    const now = this.#now();
    this.#entries = options.jobs.map((job) => ({
      job,
      cron: new Cron(job.cron, { paused: true, timezone: 'UTC' }),
      // A start is a planned moment too, its minute's: of two workers that start together one runs the job.
      slot: new Date(job.atStart ? startOfMinute(now).getTime() - 1 : now.getTime()),
      running: null,
      unwritten: null,
    }));
    for (const entry of this.#entries) if (entry.job.atStart) this.#startSlot.set(entry, startOfMinute(now));
  }

  readonly #startSlot = new Map<Entry, Date>();

  /** Ticks once a second until stopped. */
  start(): void {
    let ticking: Promise<void> = Promise.resolve();
    const tick = () => {
      ticking = ticking.then(() => this.tick()).catch((error) => log.error({ err: error }, 'tick failed'));
    };
    this.#timer = setInterval(tick, 1_000);
    tick();
  }

  /** Starts what is due. It never waits for a job. */
  async tick(): Promise<void> {
    if (this.#stopped || this.#now().getTime() < this.#awayUntil) return;
    if (!(await this.#askServer())) return;
    for (const entry of this.#entries) {
      const slot = this.#dueSlot(entry);
      if (!slot) continue;
      if (this.#elsewhere.has(entry.job.name)) this.#done(entry, slot);
      else if (entry.running) await this.#skip(entry, slot);
      else entry.running = this.#run(entry, slot).finally(() => (entry.running = null));
    }
  }

  /** Resolves when no job is running. */
  async idle(): Promise<void> {
    await Promise.all(this.#entries.map((entry) => entry.running));
  }

  /** Starts nothing more and waits for what is running. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#timer);
    await this.idle();
  }

  #dueSlot(entry: Entry): Date | null {
    const now = this.#now();
    // previousRuns() leaves out the moment it is asked at.
    const [latest] = entry.cron.previousRuns(1, new Date(now.getTime() + 1));
    const start = this.#startSlot.get(entry);
    const due = latest && (!start || latest > start) ? latest : start;
    return due && due > entry.slot ? due : null;
  }

  #done(entry: Entry, slot: Date): void {
    entry.slot = slot;
    this.#startSlot.delete(entry);
  }

  /** Which jobs the server runs itself (pg_cron); asked now and then, since an extension can be added meanwhile. */
  async #askServer(): Promise<boolean> {
    const now = this.#now().getTime();
    if (now - this.#elsewhereAskedAt < serverJobsForMs) return true;
    try {
      this.#elsewhere = await serverJobs(this.#sql);
      this.#elsewhereAskedAt = now;
      await this.#back();
      return true;
    } catch (error) {
      this.#away(error);
      return false;
    }
  }

  async #run(entry: Entry, slot: Date): Promise<void> {
    const { job } = entry;
    let startedAt: string | null = null;
    let end: RunEnd | null = null;
    try {
      startedAt = await takeSlot(this.#sql, job.name, slot, this.#worker);
      this.#done(entry, slot);
      await this.#back();
      if (startedAt === null) return;
      end = await this.#inTransaction(job);
    } catch (error) {
      // Not even taken: the moment stays due.
      if (startedAt === null) return this.#away(error);
      if (isUnavailable(error)) this.#away(error);
      else log.error({ err: error, job: job.name }, 'job failed');
      end = { status: 'failed', error: messageOf(error) };
    }
    await this.#write(entry, startedAt, end);
  }

  /** @returns null when the job wrote its row itself */
  async #inTransaction(job: Job): Promise<RunEnd | null> {
    return this.#sql.begin(async (tx): Promise<RunEnd | null> => {
      if (!(await lockJob(tx, job.name)))
        return { status: 'skipped', error: 'another run is under way', rows: 0 };
      const done = await job.run(tx, this.#now());
      return job.recordsItself ? null : { status: 'ok', ...done };
    }) as Promise<RunEnd | null>;
  }

  async #skip(entry: Entry, slot: Date): Promise<void> {
    try {
      const startedAt = await takeSlot(this.#sql, entry.job.name, slot, this.#worker);
      this.#done(entry, slot);
      if (startedAt)
        await this.#write(entry, startedAt, {
          status: 'skipped',
          error: 'another run is under way',
          rows: 0,
        });
    } catch (error) {
      this.#away(error);
    }
  }

  async #write(entry: Entry, startedAt: string, end: RunEnd | null): Promise<void> {
    try {
      if (end) await recordRun(this.#sql, entry.job.name, startedAt, end);
      if (!entry.job.ifRows || (end?.rows ?? 0) > 0) this.#notify(entry.job.topics);
    } catch (error) {
      entry.unwritten = end && { startedAt, end };
      this.#away(error);
    }
  }

  #away(error: unknown): void {
    if (this.#now().getTime() >= this.#awayUntil)
      log.warn({ err: error, waitMs: this.#waitMs }, 'the database cannot be asked');
    // Up to a quarter more, so that several workers do not come back in one moment.
    this.#awayUntil = this.#now().getTime() + this.#waitMs * (1 + Math.random() / 4);
    this.#waitMs = Math.min(this.#waitMs * 2, longestWaitMs);
  }

  async #back(): Promise<void> {
    if (this.#waitMs === shortestWaitMs) return;
    this.#waitMs = shortestWaitMs;
    this.#awayUntil = 0;
    log.info('the database answers again');
    for (const entry of this.#entries) {
      if (!entry.unwritten) continue;
      const { startedAt, end } = entry.unwritten;
      entry.unwritten = null;
      await recordRun(this.#sql, entry.job.name, startedAt, end);
    }
  }
}

const startOfMinute = (date: Date): Date => new Date(Math.floor(date.getTime() / 60_000) * 60_000);

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
