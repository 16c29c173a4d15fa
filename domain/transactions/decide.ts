import type { Sql } from 'postgres';
import { AppError, sqlState } from '@/domain/errors';
import {
  type DecisionRecord,
  decisionRecord,
  type Incoming,
  type KnownLabel,
  type Past,
} from './decision-record';
import type { DecisionRules } from './decision-state';
import type { EntityQueue } from './entity-queue';
import type { FeatureCacheKeeper } from './feature-cache';
import type { DecisionContext } from './feature-values';
import { type Payment, payloadHash } from './input';
import { toBase } from './money';
import type { Decision } from './score';
import { entityKeys, waves } from './waves';

/**
 * One payment to decide. `receivedAt` is ISO 8601, `leaseEpoch` that of a worker's claim on its queue row, `label` what an
 * import knows of it.
 */
export type DecideInput = {
  payment: Payment;
  receivedAt?: string;
  leaseEpoch?: number;
  label?: KnownLabel | null;
};

/**
 * What became of a payment. `answer` is the stored text: `repeated` when it was given before. `conflict`: the id is
 * taken by another payment, or by one whose answer is kept no longer. `no_rate`: its currency has no rate.
 * `no_partition`: its month is out of reach. `fenced`: another worker has taken it over (only with `leaseEpoch`).
 * `left`: not begun (only with `enough`).
 */
export type DecideOutcome =
  | { kind: 'answer'; answer: string; repeated: boolean }
  | { kind: 'conflict' }
  | { kind: 'no_rate'; currency: string }
  | { kind: 'no_partition' }
  | { kind: 'fenced' }
  | { kind: 'left' };

export type DecideDeps = {
  sql: Sql;
  /** What decides now; asked once a call. */
  rules: () => DecisionRules;
  /** Payments of one user or card wait here for each other: one queue for the whole process. */
  queue: EntityQueue;
  /** Told which entities are busy. */
  cache?: FeatureCacheKeeper;
  /** Asked before each wave: true leaves it and the rest as they are. */
  enough?: () => boolean;
  /** Reads what a wave is decided from instead of `decision_context`; null leaves it to that. `again`: it was stale. */
  read?: (asked: readonly AskedPayment[], again: boolean) => Promise<readonly DecisionContext[] | null>;
  /** The payments are of the past: nobody waits for an answer, and nobody is to look at them now. */
  past?: Past;
  /** Told after each write, for the topics of the event stream and for what is counted. */
  onRecorded?: (recorded: Recorded) => void;
};

/** A payment as its context is asked for. */
export type AskedPayment = Payment & { position: number };

/** What one write recorded. */
export type Recorded = { payments: number; alerts: number; decisions: Record<Decision, number> };

type Item = Incoming & { index: number };
type Written = {
  position: number;
  outcome: 'recorded' | 'same' | 'conflict' | 'fenced' | 'stale';
  answer: string | null;
};

/** Reads from another process can be made stale again and again; then the caller is better served by 503. */
const patienceMs = 8_000;
/** Deadlock, lock timeout, serialization failure: nothing was written, and trying again is the cure. */
const contention = new Set(['40P01', '55P03', '40001']);
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** No partition for a row is 23514 without a constraint's name; a violated CHECK names its own. */
const isMissingPartition = (error: unknown): boolean =>
  sqlState(error) === '23514' && !(error as { constraint_name?: string }).constraint_name;

/**
 * Decides a block of payments, in the order of the block: one read and one write for each wave of payments that share
 * nothing, two statements for a single payment. Nothing is answered that is not recorded, and nothing is recorded
 * twice. Rejects with the database's error, or AppError('unavailable') when others keep changing the same card.
 * @returns one outcome a payment, in the order given
 */
export async function decide(inputs: readonly DecideInput[], deps: DecideDeps): Promise<DecideOutcome[]> {
  const outcomes = new Array<DecideOutcome>(inputs.length);
  const startedMs = performance.now();
  // One state for the whole call: the rates of an amount are those of the version stored with it.
  const rules = deps.rules();
  const items: Item[] = [];
  inputs.forEach(({ payment, receivedAt, leaseEpoch, label }, index) => {
    const rate = rules.rates[payment.currency];
    if (rate === undefined) outcomes[index] = { kind: 'no_rate', currency: payment.currency };
    else
      items.push({
        index,
        payment,
        hash: payloadHash(payment),
        amountBase: toBase(payment.amount, rate),
        receivedAt,
        leaseEpoch,
        label,
        startedMs,
        past: deps.past,
      });
  });
  for (const wave of waves(items)) {
    if (deps.enough?.()) {
      for (const { index } of wave) outcomes[index] = { kind: 'left' };
      continue;
    }
    const keys = wave.flatMap(({ payment }) =>
      entityKeys(payment, ['transaction_id', 'user_id', 'card_token']),
    );
    await deps.queue.run(keys, () => decideWave(wave, rules, deps, outcomes));
  }
  return outcomes;
}

/** Reads, decides and writes until no payment of the wave is stale. */
async function decideWave(
  wave: readonly Item[],
  rules: DecisionRules,
  deps: DecideDeps,
  outcomes: DecideOutcome[],
): Promise<void> {
  const until = performance.now() + patienceMs;
  let open = wave;
  for (let attempt = 0; open.length > 0; attempt += 1) {
    if (performance.now() > until) throw new AppError('unavailable', { detail: 'decision.contended' });
    if (attempt > 2) await pause(Math.random() * Math.min(50, 2 ** attempt));
    const records = await readAndDecide(open, rules, deps, outcomes, attempt > 0);
    if (records.length === 0) return;
    try {
      await write(records, deps, outcomes);
    } catch (error) {
      if (isMissingPartition(error)) await makePartitions(open, deps, outcomes, error);
      else if (!contention.has(sqlState(error) ?? '')) throw error;
    }
    open = open.filter(({ index }) => outcomes[index] === undefined);
  }
}

function readContexts(open: readonly Item[], sql: Sql): Promise<DecisionContext[]> {
  const asked = open.map(({ payment, index }) => ({
    position: index,
    transaction_id: payment.transaction_id,
    user_id: payment.user_id,
    merchant_id: payment.merchant_id,
    transaction_timestamp: payment.transaction_timestamp,
    country: payment.country,
    device_id: payment.device_id,
    ip_address: payment.ip_address,
    card_token: payment.card_token,
  }));
  return sql<DecisionContext[]>`
    select * from decision_context(${JSON.stringify(asked)}::text::jsonb)`;
}

async function readAndDecide(
  open: readonly Item[],
  rules: DecisionRules,
  deps: DecideDeps,
  outcomes: DecideOutcome[],
  again: boolean,
): Promise<DecisionRecord[]> {
  const contexts =
    (await deps.read?.(
      open.map(({ payment, index }) => ({ ...payment, position: index })),
      again,
    )) ?? (await readContexts(open, deps.sql));
  const byIndex = new Map(open.map((item) => [item.index, item]));
  return contexts.flatMap((context) => {
    const item = byIndex.get(context.position as number) as Item;
    if (context.stream_answer !== null) {
      outcomes[item.index] =
        context.stream_hash === item.hash
          ? { kind: 'answer', answer: context.stream_answer as string, repeated: true }
          : { kind: 'conflict' };
      return [];
    }
    deps.cache?.note(item.payment, context);
    return [decisionRecord(item, context, rules)];
  });
}

async function write(
  records: readonly DecisionRecord[],
  deps: DecideDeps,
  outcomes: DecideOutcome[],
): Promise<void> {
  const written = await deps.sql<Written[]>`
    select * from record_decision(${JSON.stringify(records)}::text::jsonb)`;
  const byPosition = new Map(records.map((record) => [record.position as number, record]));
  const recorded: Recorded = { payments: 0, alerts: 0, decisions: { ALLOW: 0, REVIEW: 0, BLOCK: 0 } };
  for (const { position, outcome, answer } of written) {
    const record = byPosition.get(position);
    if (outcome === 'recorded' && record) {
      outcomes[position] = { kind: 'answer', answer: record.answer, repeated: false };
      recorded.payments += 1;
      recorded.decisions[record.decision as Decision] += 1;
      if (record.alert) recorded.alerts += 1;
    } else if (outcome === 'same')
      outcomes[position] = { kind: 'answer', answer: answer as string, repeated: true };
    else if (outcome !== 'stale' && outcome !== 'recorded') outcomes[position] = { kind: outcome };
  }
  if (recorded.payments > 0) deps.onRecorded?.(recorded);
}

/** The month may be a new one: made once. What then still has no place is told so, one by one. */
async function makePartitions(
  open: readonly Item[],
  deps: DecideDeps,
  outcomes: DecideOutcome[],
  error: unknown,
) {
  const [made] = await deps.sql<{ made: number }[]>`select ensure_partitions() as made`;
  if (made && made.made > 0) return;
  if (open.length === 1) {
    outcomes[open[0]!.index] = { kind: 'no_partition' };
    return;
  }
  for (const item of open) {
    if (outcomes[item.index] !== undefined) continue;
    const [there] = await deps.sql<{ there: boolean }[]>`
      select exists (select from pg_inherits where inhparent = 'transactions'::regclass and inhrelid =
        to_regclass(to_char(${item.payment.transaction_timestamp}::text::timestamptz at time zone 'UTC',
          '"transactions_y"YYYY"m"MM'))) as there`;
    if (!there?.there) outcomes[item.index] = { kind: 'no_partition' };
  }
  if (open.every(({ index }) => outcomes[index] === undefined)) throw error;
}
