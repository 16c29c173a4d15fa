import { databaseSql, directSql } from '@/db/client';
import { log } from '@/domain/log';
import type { Topic } from '@/domain/operation';
import { type Queued, queuePayments, type ToQueue } from '@/domain/stream/queue-payments';
import { Announcer } from '@/domain/transactions/announce';
import { type DecideOutcome, decide, type Recorded } from '@/domain/transactions/decide';
import { type DecisionState, watchDecisionRules } from '@/domain/transactions/decision-state';
import { EntityQueue } from '@/domain/transactions/entity-queue';
import { FeatureCacheKeeper } from '@/domain/transactions/feature-cache';
import { type Payment, payloadHash } from '@/domain/transactions/input';
import { amountMisfit } from '@/domain/transactions/money';
import type { Decision } from '@/domain/transactions/score';
import { Availability, NoAnswer } from './availability';
import type { Misfit } from './misfit';
import { Months } from './months';

/** Only a worker's payment can be taken over by another, or left. */
type Decided = Exclude<DecideOutcome, { kind: 'fenced' | 'left' }>;

export type PaymentOutcome = Decided | { kind: Exclude<Misfit, 'no_rate'> };

const reconnectAfter = 500;

/** What decides payments in this process: rules, model and queue over one pool, and whether the database answers. */
export class Engine {
  readonly availability: Availability;
  /** Payments since this process began: decided, by outcome, and answered with what they had been answered before. */
  readonly decided: Record<Decision, number> & { repeated: number } = {
    ALLOW: 0,
    REVIEW: 0,
    BLOCK: 0,
    repeated: 0,
  };
  readonly #announcer: Announcer;
  readonly #queue = new EntityQueue();
  readonly #underWay = new Map<string, { payment: Payment; outcome: Promise<PaymentOutcome> }>();
  readonly #cache: FeatureCacheKeeper;
  readonly #months: Months;
  #state: DecisionState | null = null;
  #mostAtWork = 0;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor() {
    this.availability = new Availability(() => databaseSql()`select 1`);
    this.#announcer = new Announcer(directSql());
    this.#cache = new FeatureCacheKeeper(databaseSql());
    this.#months = new Months(databaseSql());
  }

  /** Payments that are being decided now. */
  get atWork(): number {
    return this.#underWay.size;
  }

  /** The most payments that were being decided at once since this was asked the last time. */
  takeMostAtWork(): number {
    const most = this.#mostAtWork;
    this.#mostAtWork = this.atWork;
    return most;
  }

  /** Reads of busy merchants and addresses, answered from the feature cache or not. */
  get cacheReads(): { hits: number; misses: number } {
    return this.#cache.reads;
  }

  /** True once the rules have been read. */
  get ready(): boolean {
    return this.#state !== null;
  }

  /** Reads the rules, again and again while the database is away; resolves after the first attempt. */
  async start(): Promise<void> {
    try {
      this.#state = await watchDecisionRules(databaseSql(), { direct: directSql() });
      this.#cache.start();
    } catch (error) {
      if (this.#stopped) return;
      log.warn({ err: error }, 'rules could not be read; trying again');
      this.#timer = setTimeout(() => void this.start(), reconnectAfter);
    }
  }

  announce(...topics: Topic[]): void {
    this.#announcer.announce(...topics);
  }

  /**
   * Decides one payment. The same payment that is being decided already shares its outcome.
   * @throws what the database throws, or NoAnswer while it is away
   */
  async decide(payment: Payment, receivedAt: string): Promise<PaymentOutcome> {
    const id = payment.transaction_id;
    const before = this.#underWay.get(id);
    if (before && payloadHash(before.payment) === payloadHash(payment)) return before.outcome;
    const outcome = this.#decide(payment, receivedAt);
    if (before) return outcome;
    this.#underWay.set(id, { payment, outcome });
    this.#mostAtWork = Math.max(this.#mostAtWork, this.atWork);
    try {
      return await outcome;
    } finally {
      this.#underWay.delete(id);
    }
  }

  /**
   * Why this payment cannot be decided now, or null.
   * @throws what the database throws, or NoAnswer while it is away
   */
  misfit(payment: Payment): Promise<Misfit | null> {
    return this.availability.use(() => this.#misfit(payment));
  }

  async #misfit(payment: Payment): Promise<Misfit | null> {
    if (!this.#state) throw new NoAnswer('rules are not read yet');
    const misplaced = await this.#months.problem(payment.transaction_timestamp);
    if (misplaced) return misplaced;
    return amountMisfit(payment, this.#state.current().rates);
  }

  /**
   * Keeps payments for a worker to decide; none of them a misfit, no id twice.
   * @throws what the database throws, or NoAnswer while it is away
   */
  queue(block: readonly ToQueue[]): Promise<Map<string, Queued>> {
    return this.availability.use(() => queuePayments(databaseSql(), block));
  }

  #decide(payment: Payment, receivedAt: string): Promise<PaymentOutcome> {
    return this.availability.use(async () => {
      const misfit = await this.#misfit(payment);
      if (misfit === 'no_rate') return { kind: misfit, currency: payment.currency };
      if (misfit) return { kind: misfit };
      const state = this.#state as DecisionState;
      const [outcome] = await decide([{ payment, receivedAt }], {
        sql: databaseSql(),
        rules: state.current,
        queue: this.#queue,
        cache: this.#cache,
        onRecorded: (recorded) => this.#note(recorded),
      });
      if (outcome?.kind === 'answer' && outcome.repeated) this.decided.repeated += 1;
      return outcome as Decided;
    });
  }

  #note({ alerts, decisions }: Recorded): void {
    for (const decision of ['ALLOW', 'REVIEW', 'BLOCK'] as const)
      this.decided[decision] += decisions[decision];
    this.announce('decisions', ...(alerts > 0 ? (['alerts'] as const) : []));
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.availability.stop();
    await this.#cache.stop();
    await this.#announcer.stop();
    await this.#state?.stop();
  }
}
