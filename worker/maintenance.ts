import type { Sql } from 'postgres';
import { isUnavailable } from '@/domain/errors';
import { log } from '@/domain/log';
import type { MaintenanceArguments, MaintenanceKind, MaintenanceProgress } from '@/domain/maintenance/kinds';
import {
  cancelAsked,
  finishRequest,
  hasOpenRequests,
  keepResult,
  parseRequest,
  type RequestEnd,
  returnRequest,
  saveProgress,
  type TakenRequest,
  takeRequest,
  tooOften,
} from '@/domain/maintenance/runs';
import type { Topic } from '@/domain/operation';
import { createIndex, dropIndex, rebuildIndex, restoreIndex } from './maintenance/indexes';
import { archiveMonth, bringBackMonth, makePartitions } from './maintenance/partitions';
import { MaintenanceSession, SessionLost, Stopped } from './maintenance/session';
import type { Work } from './maintenance/work';
import type { Part } from './part';

/** How each kind of request is carried out; every one can be broken off anywhere and begun again. */
const carryOut: {
  [K in MaintenanceKind]: (work: Work, given: MaintenanceArguments<K>) => Promise<Record<string, unknown>>;
} = {
  'make-partitions': makePartitions,
  'archive-month': archiveMonth,
  'bring-back-month': bringBackMonth,
  'create-index': createIndex,
  'restore-index': restoreIndex,
  'rebuild-index': rebuildIndex,
  'drop-index': dropIndex,
};

export type MaintenanceOptions = {
  sql: Sql;
  /** May cancel what the maintenance session runs. */
  maintainer: Sql;
  openMaintainer: (onclose: () => void) => Sql;
  worker: string;
  notify?: (topics: readonly Topic[]) => void;
  /** How often it looks for requests, and for a person's wish to cancel. */
  everyMs?: number;
  /** For tests: how often and how long apart a lock is tried for. */
  tries?: number;
  betweenMs?: number;
};

const topics = ['storage', 'jobs', 'audit'] as const;

/**
 * Carries out maintenance requests, one at a time on a database however many workers there are. A request that a worker
 * left behind is taken again by the next that gets the lock; one that has ended three of them is failed.
 */
export class Maintenance implements Part {
  readonly name = 'maintenance';
  readonly #options: MaintenanceOptions;
  #timer: NodeJS.Timeout | undefined;
  #busy: Promise<void> = Promise.resolve();
  #session: MaintenanceSession | null = null;
  #ending = false;

  constructor(options: MaintenanceOptions) {
    this.#options = options;
  }

  start(): void {
    let looking = false;
    this.#timer = setInterval(() => {
      if (looking) return;
      looking = true;
      this.#busy = this.look()
        .catch((error) => log.warn({ err: error }, 'maintenance cannot be looked after'))
        .finally(() => {
          looking = false;
        });
    }, this.#options.everyMs ?? 1_000);
  }

  async stop(): Promise<void> {
    this.#ending = true;
    clearInterval(this.#timer);
    await this.#session?.stop('worker').catch(() => {});
    await this.#busy;
  }

  /** Carries out every request that waits, unless another worker is at it. */
  async look(): Promise<void> {
    if (this.#ending || !(await hasOpenRequests(this.#options.sql))) return;
    const { openMaintainer, maintainer, tries, betweenMs } = this.#options;
    const session = await MaintenanceSession.begin({
      open: openMaintainer,
      cancel: async (pid) => void (await maintainer`select pg_cancel_backend(${pid})`),
      tries,
      betweenMs,
    });
    if (!session) return;
    this.#session = session;
    try {
      while (!this.#ending && !session.closed) {
        const request = await takeRequest(this.#options.sql, this.#options.worker);
        if (!request) break;
        session.resume();
        await this.#handle(session, request);
      }
    } finally {
      this.#session = null;
      await session.end();
    }
  }

  async #handle(session: MaintenanceSession, request: TakenRequest): Promise<void> {
    const { sql } = this.#options;
    log.info({ request: request.id, kind: request.kind, attempt: request.attempt }, 'maintenance begins');
    this.#tell();
    const watch = this.#watch(session, request);
    try {
      const end = await this.#endOf(session, request);
      if (end) await finishRequest(sql, request, end);
      else if (this.#ending) await returnRequest(sql, request);
      log.info(
        { request: request.id, status: end?.status ?? 'left', error: end?.error },
        'maintenance ended',
      );
    } finally {
      clearInterval(watch);
      this.#tell();
    }
  }

  /** @returns null when the request is left for the next worker */
  async #endOf(session: MaintenanceSession, request: TakenRequest): Promise<RequestEnd | null> {
    if (request.cancelled) return { status: 'cancelled' };
    if (tooOften(request))
      return { status: 'failed', error: 'every worker that ran it ended before it was done' };
    const parsed = parseRequest(request);
    if (!parsed) return { status: 'failed', error: 'its kind or its arguments are not known' };
    try {
      return {
        status: 'ok',
        result: await carryOut[parsed.kind](this.#work(session, request), parsed.given),
      };
    } catch (error) {
      if (error instanceof Stopped) return error.by === 'person' ? { status: 'cancelled' } : null;
      if (error instanceof SessionLost || isUnavailable(error)) return null;
      return { status: 'failed', error: error instanceof Error ? error.message : String(error) };
    }
  }

  #work(session: MaintenanceSession, request: TakenRequest): Work {
    const { sql } = this.#options;
    const now: MaintenanceProgress = { done: 0, of: 1, now: null, waits: 0 };
    const save = async () => {
      await saveProgress(sql, request, now);
      this.#tell();
    };
    session.onWait(() => {
      now.waits += 1;
      return save();
    });
    return {
      session,
      requestedBy: request.requestedBy,
      kept: request.result,
      keep: (result) => keepResult(sql, request, result),
      advance: (parts = 1) => {
        now.done += parts;
        return save();
      },
      progress: (change) => {
        Object.assign(now, change);
        return save();
      },
    };
  }

  /** Looks whether a person wants it to end. */
  #watch(session: MaintenanceSession, request: TakenRequest): NodeJS.Timeout {
    let looking = false;
    let stopped = false;
    return setInterval(() => {
      if (looking || stopped) return;
      looking = true;
      cancelAsked(this.#options.sql, request)
        .then((asked) => {
          // Once: what tidies up afterwards is not to be cancelled too.
          stopped = asked;
          return asked ? session.stop('person') : undefined;
        })
        .catch(() => {})
        .finally(() => {
          looking = false;
        });
    }, this.#options.everyMs ?? 1_000);
  }

  #tell(): void {
    this.#options.notify?.(topics);
  }
}
