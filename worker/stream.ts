import type { Sql } from 'postgres';
import { log } from '@/domain/log';
import { notifyChannel, type Topic } from '@/domain/operation';
import { type Claim, claimPayments, readMaxTries, renewClaims, settleClaims } from '@/domain/stream/claims';
import { isServerTrouble } from '@/domain/stream/failure';
import type { Recorded } from '@/domain/transactions/decide';
import { type DecisionState, watchDecisionRules } from '@/domain/transactions/decision-state';
import { EntityQueue } from '@/domain/transactions/entity-queue';
import { FeatureCacheKeeper } from '@/domain/transactions/feature-cache';
import type { Part } from './part';
import { decideBlock } from './stream-block';
import { streamCounters as counters } from './stream-counters';

export type StreamOptions = {
  sql: Sql;
  /** Past any pooler, for LISTEN. */
  direct: Sql;
  /** Names this worker in `leased_by`. */
  worker: string;
  notify?: (topics: readonly Topic[]) => void;
  /** How long a claim is held without being renewed; renewed three times as often. */
  leaseMs?: number;
  /** How often an idle worker looks; new batches wake it. */
  pollMs?: number;
  /** Payments taken at a time. */
  blockSize?: number;
};

/** Retaken within 15 seconds: the lease, a look, and time to spare. */
const leaseMs = 9_000;
const pollMs = 1_000;
const blockSize = 500;
/** What is at work when the process is asked to end has this long; then it is given back. */
const finishWithinMs = 4_000;
const giveBackWithinMs = 2_000;
const shortestAwayMs = 250;
const longestAwayMs = 5_000;
const listenAgainMs = 2_000;

const waited = (ms: number) => new Promise<'late'>((resolve) => setTimeout(resolve, ms, 'late'));

/**
 * Drains `transaction_stream`: takes blocks of payments under a lease, decides them like all others, and says of those
 * that could not be decided why. Any number of workers share the queue; one that is killed or paused loses its leases,
 * and what it still holds on to is refused (record_decision).
 */
export class Stream implements Part {
  readonly name = 'stream';
  readonly #options: Required<StreamOptions>;
  readonly #queue = new EntityQueue();
  readonly #cache: FeatureCacheKeeper;
  #state: DecisionState | null = null;
  #listening: { unlisten: () => Promise<void> } | null = null;
  /** Claims of a block that did not come to its end: the database went away. */
  #unfinished: readonly Claim[] = [];
  #maxTries = { value: 0, readAt: Number.NEGATIVE_INFINITY };
  #awayMs = shortestAwayMs;
  #stopped = false;
  #wake: (() => void) | null = null;
  #woken = false;
  #running: Promise<void> = Promise.resolve();

  constructor(options: StreamOptions) {
    this.#options = { notify: () => {}, leaseMs, pollMs, blockSize, ...options };
    this.#cache = new FeatureCacheKeeper(options.sql);
  }

  /** Reads of busy merchants and addresses, answered from the feature cache or not. */
  get cacheReads(): { hits: number; misses: number } {
    return this.#cache.reads;
  }

  start(): void {
    void this.#listen();
    this.#running = this.#run();
  }

  /** Finishes what has begun, as far as there is time, and gives the rest back. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#wakeUp();
    if ((await Promise.race([this.#running, waited(finishWithinMs)])) === 'late')
      log.warn({ payments: this.#unfinished.length }, 'a block was still at work');
    await Promise.race([
      Promise.allSettled([
        this.#giveBack(),
        this.#cache.stop(),
        this.#state?.stop(),
        this.#listening?.unlisten(),
      ]),
      waited(giveBackWithinMs),
    ]);
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      try {
        await this.#prepare();
        await this.#giveBack();
        const claims = await this.#claim();
        this.#back();
        if (claims.length > 0) await this.#work(claims);
        else await this.#idle(this.#options.pollMs);
      } catch (error) {
        if (this.#stopped) return;
        await this.#away(error);
      }
    }
  }

  async #prepare(): Promise<void> {
    this.#state ??= await watchDecisionRules(this.#options.sql);
    this.#cache.start();
  }

  /** Without it an idle worker only looks once a second, and learns of new rules within ten. */
  async #listen(): Promise<void> {
    while (!this.#stopped && !this.#listening) {
      try {
        // What was said before we listened, or while the connection was away, is not said again: so we look.
        this.#listening = await this.#options.direct.listen(
          notifyChannel,
          (payload) => this.#heard(payload),
          () => this.#wakeUp(),
        );
      } catch (error) {
        log.debug({ err: error }, 'not listening yet');
        await waited(listenAgainMs);
      }
    }
  }

  #heard(payload: string): void {
    this.#state?.heard(payload);
    if (payload.includes('"config"')) this.#maxTries.readAt = Number.NEGATIVE_INFINITY;
    if (payload.includes('"stream"')) this.#wakeUp();
  }

  async #claim(): Promise<Claim[]> {
    const { sql, worker, leaseMs, blockSize } = this.#options;
    if (performance.now() - this.#maxTries.readAt > 10_000)
      this.#maxTries = { value: await readMaxTries(sql), readAt: performance.now() };
    this.#woken = false;
    return claimPayments(sql, { worker, leaseMs, most: blockSize, maxTries: this.#maxTries.value });
  }

  async #work(claims: readonly Claim[]): Promise<void> {
    const { sql, notify } = this.#options;
    const startedMs = performance.now();
    counters.blocks += 1;
    counters.blockPayments += claims.length;
    counters.retaken += claims.filter(({ lost }) => lost).length;
    const alive = claims.filter(({ dead }) => !dead);
    if (alive.length < claims.length) {
      counters.dead += claims.length - alive.length;
      log.error({ payments: claims.length - alive.length }, 'payments are given up: no worker finished them');
    }
    this.#unfinished = alive;
    const renewing = this.#renew(alive);
    const fenced = counters.fenced;
    try {
      await decideBlock(alive, {
        maxTries: this.#maxTries.value,
        sql,
        rules: (this.#state as DecisionState).current,
        queue: this.#queue,
        cache: this.#cache,
        enough: () => this.#stopped,
        onRecorded: (recorded) => this.#note(recorded),
      });
      this.#unfinished = [];
    } finally {
      await renewing.stop();
      const lost = counters.fenced - fenced;
      if (lost > 0)
        log.warn(
          { payments: lost },
          'payments were taken over by another worker; what was decided here is not kept',
        );
      counters.blockMs += performance.now() - startedMs;
      notify(['stream']);
    }
  }

  #note({ alerts, decisions }: Recorded): void {
    counters.allowed += decisions.ALLOW;
    counters.reviewed += decisions.REVIEW;
    counters.blocked += decisions.BLOCK;
    this.#options.notify(alerts > 0 ? ['decisions', 'alerts', 'stream'] : ['decisions', 'stream']);
  }

  /** Renews the leases of a block while it is at work. */
  #renew(claims: readonly Claim[]) {
    const { sql, worker, leaseMs } = this.#options;
    let renewing: Promise<unknown> | null = null;
    const timer = setInterval(() => {
      // A renewal that fails is made good by the next, or the lease ends and others take over.
      renewing ??= renewClaims(sql, worker, leaseMs, claims)
        .catch((error: unknown) => log.warn({ err: error }, 'leases were not renewed'))
        .finally(() => (renewing = null));
    }, leaseMs / 3);
    return {
      stop: async () => {
        clearInterval(timer);
        await renewing;
      },
    };
  }

  /** Others need not wait for the leases of what is left undone; a decision of it that is still under way is refused. */
  async #giveBack(): Promise<void> {
    if (this.#unfinished.length === 0) return;
    const given = await settleClaims(
      this.#options.sql,
      this.#unfinished.map((claim) => ({ claim, verdict: 'RELEASED' as const })),
    );
    counters.released += given.size;
    this.#unfinished = [];
  }

  async #idle(ms: number): Promise<void> {
    if (this.#stopped || this.#woken) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = null;
  }

  #wakeUp(): void {
    this.#woken = true;
    this.#wake?.();
  }

  async #away(error: unknown): Promise<void> {
    const words = isServerTrouble(error) ? 'the queue waits for the database' : 'the queue stumbled';
    log.warn({ err: error, waitMs: this.#awayMs }, words);
    // Up to a quarter more, so that several workers do not come back in one moment.
    const wait = this.#awayMs * (1 + Math.random() / 4);
    this.#awayMs = Math.min(this.#awayMs * 2, longestAwayMs);
    this.#woken = false;
    await this.#idle(wait);
  }

  #back(): void {
    if (this.#awayMs > shortestAwayMs) log.info('the queue goes on');
    this.#awayMs = shortestAwayMs;
  }
}
