import type { Cron } from 'croner';
import type { Sql } from 'postgres';
import { isUnavailable } from '@/domain/errors';
import { cronOf, momentsBetween } from '@/domain/jobs/moments';
import {
  askedRuns,
  beginAsked,
  cancelJob,
  endedAs,
  endRun,
  lockJob,
  markLost,
  nameRun,
  overlap,
  type RunEnd,
  recordMissed,
  serverJobs,
  serverRunCount,
  type Taken,
  takeSlot,
} from '@/domain/jobs/runs';
import { log } from '@/domain/log';
import type { Topic } from '@/domain/operation';
import type { JobEnd } from './meters';
import type { Part } from './part';
import type { Job } from './schedule';

export type SchedulerOptions = {
  sql: Sql;
  jobs: readonly Job[];
  /** Names this worker in job_slots. */
  worker: string;
  /** May cancel other connections' statements; without it nothing is cancelled. */
  maintainer?: Sql;
  now?: () => Date;
  notify?: (topics: readonly Topic[]) => void;
  /** Told of each run of this worker that has ended. */
  ended?: (run: JobEnd) => void;
};

type Entry = {
  job: Job;
  cron: Cron;
  /** The last planned moment that this worker has dealt with. */
  slot: Date;
  running: Promise<void> | null;
  /** The end of a run that could not be written because the database went away. */
  unwritten: { run: string; end: RunEnd } | null;
};

const shortestWaitMs = 1_000;
const longestWaitMs = 30_000;
const askServerEveryMs = 60_000;
/** pg_cron's record of a moment is looked at when it must be there. */
const watchAfterMs = 120_000;

/**
 * Runs jobs by their schedule and when a person asks: of a job one run at a time, of several missed moments the last
 * one once, of any number of workers one. Every run has its row from its start on; moments that passed without one are
 * on record too. While the database is away it asks with growing pauses and then goes on where it stopped.
 */
export class Scheduler implements Part {
  readonly name = 'jobs';
  readonly #sql: Sql;
  readonly #maintainer: Sql | undefined;
  readonly #worker: string;
  readonly #now: () => Date;
  readonly #notify: (topics: readonly Topic[]) => void;
  readonly #ended: (run: JobEnd) => void;
  readonly #entries: Entry[];
  readonly #startSlot = new Map<Entry, Date>();
  readonly #watched = new Map<string, Date>();
  #awayUntil = 0;
  #waitMs = shortestWaitMs;
  #elsewhere = new Set<string>();
  #elsewhereAskedAt = Number.NEGATIVE_INFINITY;
  #stopped = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: SchedulerOptions) {
    this.#sql = options.sql;
    this.#maintainer = options.maintainer;
    this.#worker = options.worker;
    this.#now = options.now ?? (() => new Date());
    this.#notify = options.notify ?? (() => {});
    this.#ended = options.ended ?? (() => {});
    const now = this.#now();
    this.#entries = options.jobs.map((job) => ({
      job,
      cron: cronOf(job.cron),
      // A start is a planned moment too, its minute's: of two workers that start together one runs the job.
      slot: new Date(job.atStart ? startOfMinute(now).getTime() - 1 : now.getTime()),
      running: null,
      unwritten: null,
    }));
    for (const entry of this.#entries) if (entry.job.atStart) this.#startSlot.set(entry, startOfMinute(now));
  }

  /** Ticks once a second until stopped. */
  start(): void {
    let ticking: Promise<void> = Promise.resolve();
    const tick = () => {
      ticking = ticking.then(() => this.tick()).catch((error) => log.error({ err: error }, 'tick failed'));
    };
    this.#timer = setInterval(tick, 1_000);
    tick();
  }

  /** Starts what is due and what people ask for. It never waits for a job. */
  async tick(): Promise<void> {
    if (this.#stopped || this.#now().getTime() < this.#awayUntil) return;
    try {
      await this.#askServer();
      await this.#serve();
      await this.#back();
    } catch (error) {
      return this.#away(error);
    }
    for (const entry of this.#entries) {
      const slot = this.#dueSlot(entry);
      if (!slot) continue;
      if (this.#elsewhere.has(entry.job.name)) await this.#watch(entry, slot);
      else if (entry.running) await this.#skip(entry, slot);
      else this.#go(entry, () => this.#take(entry, slot));
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

  /** Which jobs the server runs itself (pg_cron), and which runs were lost; asked now and then. */
  async #askServer(): Promise<void> {
    const now = this.#now().getTime();
    if (now - this.#elsewhereAskedAt < askServerEveryMs) return;
    this.#elsewhere = await serverJobs(this.#sql);
    if ((await markLost(this.#sql)) > 0) this.#notify(['jobs']);
    this.#elsewhereAskedAt = now;
  }

  /** What people ask for: runs to begin, also of jobs that the server schedules, and runs to cancel. */
  async #serve(): Promise<void> {
    for (const { run, job, what } of await askedRuns(this.#sql)) {
      if (what === 'cancel') {
        if (this.#maintainer) await cancelJob(this.#maintainer, job);
        continue;
      }
      const entry = this.#entries.find((one) => one.job.name === job);
      if (!entry) continue;
      if (entry.running) {
        if (await beginAsked(this.#sql, run))
          await endRun(this.#sql, run, { status: 'skipped', error: overlap, rows: 0 });
        this.#notify(['jobs']);
      } else this.#go(entry, async () => ((await beginAsked(this.#sql, run)) ? run : null));
    }
  }

  /** Begins a run by `begin`, which answers its row, and carries it to its end. */
  #go(entry: Entry, begin: () => Promise<string | null>): void {
    entry.running = this.#run(entry, begin).finally(() => (entry.running = null));
  }

  async #take(entry: Entry, slot: Date): Promise<string | null> {
    const taken = await takeSlot(this.#sql, entry.job.name, slot, this.#worker);
    this.#done(entry, slot);
    await this.#back();
    if (!taken) return null;
    await this.#missed(entry, taken, slot);
    return taken.run;
  }

  async #missed(entry: Entry, taken: Taken, slot: Date): Promise<void> {
    if (!taken.previous || taken.paused) return;
    const missed = momentsBetween(entry.cron, taken.previous, slot);
    if (missed) await recordMissed(this.#sql, entry.job.name, missed);
  }

  async #run(entry: Entry, begin: () => Promise<string | null>): Promise<void> {
    const { job } = entry;
    let run: string | null = null;
    let end: RunEnd | null;
    let begun = 0;
    try {
      run = await begin();
      if (run === null) return;
      begun = performance.now();
      this.#notify(['jobs']);
      end = await this.#inTransaction(job, run);
    } catch (error) {
      // Not even begun: it stays due.
      if (run === null) return this.#away(error);
      if (isUnavailable(error)) this.#away(error);
      else log.error({ err: error, job: job.name }, 'job failed');
      end = { status: 'failed', error: messageOf(error) };
      await this.#write(entry, run, end);
    }
    const ms = performance.now() - begun;
    this.#notify(job.topics);
    if (job.topicsIfRows && (end?.rows ?? 0) > 0) this.#notify(job.topicsIfRows);
    this.#ended({ job: job.name, status: end?.status ?? (await this.#ownEnd(run)), ms });
  }

  /** How a run ended that wrote its end itself, also when it failed. */
  #ownEnd(run: string): Promise<RunEnd['status']> {
    return endedAs(this.#sql, run).catch(() => 'ok' as const);
  }

  /** Its end is written with what it did, or not at all. */
  async #inTransaction(job: Job, run: string): Promise<RunEnd | null> {
    return this.#sql.begin(async (tx): Promise<RunEnd | null> => {
      let end: RunEnd | null = { status: 'skipped', error: overlap, rows: 0 };
      if (await lockJob(tx, job.name)) {
        await nameRun(tx, run);
        const done = await job.run(tx, this.#now());
        end = done && { status: 'ok', ...done };
      }
      if (end) await endRun(tx, run, end);
      return end;
    }) as Promise<RunEnd | null>;
  }

  async #skip(entry: Entry, slot: Date): Promise<void> {
    try {
      await takeSlot(this.#sql, entry.job.name, slot, this.#worker, 'skipped');
      this.#done(entry, slot);
      this.#notify(['jobs']);
    } catch (error) {
      this.#away(error);
    }
  }

  /** A job that pg_cron has: which of its moments passed without a run? Looked at when the record must be there. */
  async #watch(entry: Entry, due: Date): Promise<void> {
    this.#startSlot.delete(entry);
    const { name } = entry.job;
    const now = this.#now();
    const [slot] = entry.cron.previousRuns(1, new Date(now.getTime() - watchAfterMs));
    if (!slot || slot.getTime() === this.#watched.get(name)?.getTime()) return;
    try {
      const taken = await takeSlot(this.#sql, name, slot, this.#worker, 'watched');
      this.#watched.set(name, slot);
      if (slot >= due) this.#done(entry, slot);
      if (!taken?.previous || taken.paused) return;
      const planned = momentsBetween(entry.cron, taken.previous, new Date(slot.getTime() + 1));
      // A run begins within its minute; the one of the moment before is not counted again.
      const later = (time: Date) => new Date(time.getTime() + watchAfterMs / 4);
      const runs = await serverRunCount(this.#sql, name, later(taken.previous), later(slot));
      if (planned && runs !== null && runs < planned.count)
        await recordMissed(this.#sql, name, { ...planned, count: planned.count - runs });
    } catch (error) {
      this.#away(error);
    }
  }

  async #write(entry: Entry, run: string, end: RunEnd): Promise<void> {
    try {
      await endRun(this.#sql, run, end);
    } catch (error) {
      entry.unwritten = { run, end };
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
      const { run, end } = entry.unwritten;
      entry.unwritten = null;
      await endRun(this.#sql, run, end);
    }
  }
}

const startOfMinute = (date: Date): Date => new Date(Math.floor(date.getTime() / 60_000) * 60_000);

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
