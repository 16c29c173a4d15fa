import type { Sql } from 'postgres';
import { log } from '@/domain/log';
import { failureOf, isServerTrouble } from '@/domain/stream/failure';
import { type DecideDeps, type DecideOutcome, decide } from '@/domain/transactions/decide';
import type { DecisionAnswer } from '@/domain/transactions/decision-record';
import type { DecisionRules } from '@/domain/transactions/decision-state';
import { EntityQueue } from '@/domain/transactions/entity-queue';
import type { Payment } from '@/domain/transactions/input';
import { toBase } from '@/domain/transactions/money';
import type { ImportState } from './commands';
import { type DueLabel, DueLabels } from './due-labels';
import { Ledger, type RowCounts, type RowEnd } from './ledger';
import { RecentPayments } from './recent';
import { alreadyThere, recordedSince, saveProgress, setLabels } from './state';
import { Window } from './window';

/** Why a row is not imported: one sentence, and the field where there is one. */
export type Rejection = { field: string | null; reason: string };

/** What became known of a payment, and when (milliseconds). */
export type RowLabel = { isFraud: boolean; knownMs: number };

/** A row of the file, numbered from 0, as it is there: a payment and what became of it, or why it is none. */
export type ImportRow = { row: number; line: number; cells: readonly string[] } & (
  | { payment: Payment; label: RowLabel | null }
  | { rejection: Rejection }
);

export type ImportOptions = {
  sql: Sql;
  rules: DecisionRules;
  /** From readFeatureColumns(). */
  featureColumns: readonly string[];
  state: ImportState & { resumed: boolean };
  /** Rows from `state.labelsRow` on, in the order of their timestamps. */
  rows: AsyncIterable<readonly ImportRow[]>;
  /** Whether a row before `state.nextRow` was rejected. */
  wasRejected: (line: number) => boolean;
  reject: (row: ImportRow, rejection: Rejection) => void;
  /** True ends the run after what is at work. */
  stopped?: () => boolean;
  onProgress?: (progress: ImportProgress) => void;
  /** Payments that wait, payments of a wave, and waves at work at once. */
  waiting?: number;
  waveSize?: number;
  lanes?: number;
};

/** How far it is: rows read, rows before which all have come to their end, and the moment in the file. */
export type ImportProgress = RowCounts & { next: number; labels: number; at: string | null };

type Work = { row: ImportRow; payment: Payment; label: DueLabel | null };

const saveEveryMs = 500;
const labelsAtOnce = 1_000;

/**
 * Takes payments of the past through the pipeline in event time, as if each had been decided at its moment: what shares
 * something is decided one after the other, and labels are set when they become known.
 */
export class ImportRun {
  readonly #options: Required<Omit<ImportOptions, 'onProgress' | 'stopped'>> &
    Pick<ImportOptions, 'onProgress' | 'stopped'>;
  readonly #window = new Window<Work>();
  readonly #labels = new DueLabels();
  readonly #ledger: Ledger;
  readonly #atWork = new Set<Promise<void>>();
  readonly #decide: DecideDeps;
  readonly #recent: RecentPayments;
  #labelled: number;
  #at: string | null = null;
  #savedAtMs = performance.now();
  #failed: { error: unknown } | null = null;

  constructor(options: ImportOptions) {
    this.#options = { waiting: 4_000, waveSize: 500, lanes: 2, ...options };
    const { sql, rules, featureColumns, state } = this.#options;
    const { nextRow, recorded, known, rejected } = state;
    this.#ledger = new Ledger(nextRow, { recorded, known, rejected });
    this.#labelled = state.labels;
    this.#recent = new RecentPayments(sql);
    this.#decide = {
      sql,
      rules: () => rules,
      queue: new EntityQueue(),
      read: (asked, again) => this.#recent.read(asked, again),
      past: { featureColumns },
    };
  }

  /**
   * Runs to the end of the rows, or until it is stopped. Rejects with the database's error when that is in trouble;
   * whatever happens, another run goes on from what is written down.
   * @returns whether every row has come to its end
   */
  async run(): Promise<boolean> {
    const reader = this.#options.rows[Symbol.asyncIterator]();
    let reading = true;
    try {
      for (;;) {
        while (reading && this.#window.size < this.#options.waiting) reading = await this.#read(reader);
        if (this.#failed) throw this.#failed.error;
        const stop = this.#options.stopped?.() ?? false;
        const wave = stop ? [] : this.#window.take(this.#options.waveSize);
        if (wave.length > 0) await this.#begin(wave);
        else if (this.#atWork.size > 0) await Promise.race(this.#atWork);
        else break;
        while (this.#atWork.size >= this.#options.lanes) await Promise.race(this.#atWork);
        await this.#save(false);
      }
      const whole = !reading && this.#window.size === 0;
      if (whole) await this.#setLabels(Number.POSITIVE_INFINITY);
      await this.#save(true);
      return whole;
    } finally {
      await Promise.allSettled(this.#atWork);
      await reader.return?.();
    }
  }

  async #read(reader: AsyncIterator<readonly ImportRow[]>): Promise<boolean> {
    const { done, value } = await reader.next();
    if (done) return false;
    for (const row of value) this.#take(row);
    return true;
  }

  #take(row: ImportRow): void {
    const { state } = this.#options;
    const over = row.row < state.nextRow;
    if ('rejection' in row) {
      if (!over) this.#reject(row, row.rejection);
      return;
    }
    const { payment } = row;
    if (over && this.#options.wasRejected(row.line)) return;
    const label: DueLabel | null = row.label && {
      row: row.row,
      transactionId: payment.transaction_id,
      merchantId: payment.merchant_id,
      at: payment.transaction_timestamp,
      ...row.label,
      payment: over ? 'recorded' : 'open',
    };
    if (label) this.#labels.add(label);
    if (!over) this.#window.add({ row, payment, label });
  }

  #reject(row: ImportRow, rejection: Rejection): void {
    this.#options.reject(row, rejection);
    this.#ledger.end(row.row, 'rejected');
  }

  /** Sets what is known by then, and lets the wave begin. */
  async #begin(wave: readonly Work[]): Promise<void> {
    let last = '';
    for (const { payment } of wave)
      if (payment.transaction_timestamp > last) last = payment.transaction_timestamp;
    await this.#setLabels(Date.parse(last));
    if (this.#at === null || last > this.#at) this.#at = last;
    const work = this.#decideOrHalve(wave)
      .catch((error: unknown) => {
        this.#failed ??= { error };
      })
      .finally(() => {
        this.#window.release(wave);
        this.#atWork.delete(work);
      });
    this.#atWork.add(work);
  }

  async #setLabels(untilMs: number): Promise<void> {
    const due = this.#labels.take(untilMs);
    for (let at = 0; at < due.length; at += labelsAtOnce)
      await this.#setSome(due.slice(at, at + labelsAtOnce));
  }

  async #setSome(labels: readonly DueLabel[]): Promise<void> {
    const { labelled, set } = await setLabels(this.#options.sql, this.#options.state.id, labels);
    this.#labelled = labelled;
    this.#recent.label(labels.filter(({ transactionId }) => set.has(transactionId)));
  }

  /** A payment that the database refuses takes no other with it: the wave is halved until the one is found. */
  async #decideOrHalve(wave: readonly Work[]): Promise<void> {
    let outcomes: DecideOutcome[];
    try {
      outcomes = await decide(
        wave.map(({ payment }) => ({ payment })),
        this.#decide,
      );
    } catch (error) {
      this.#recent.clear();
      if (isServerTrouble(error)) throw error;
      const { code, message } = failureOf(error);
      if (code !== 'database') throw error;
      if (wave.length === 1) return this.#end(wave[0] as Work, { field: null, reason: message });
      log.warn({ err: error, payments: wave.length }, 'a wave failed; halving it');
      const half = Math.ceil(wave.length / 2);
      await this.#decideOrHalve(wave.slice(0, half));
      return this.#decideOrHalve(wave.slice(half));
    }
    await this.#settle(wave, outcomes);
  }

  async #settle(wave: readonly Work[], outcomes: readonly DecideOutcome[]): Promise<void> {
    const { sql, state } = this.#options;
    const taken = wave.filter((_, at) => outcomes[at]?.kind === 'conflict');
    const there = await alreadyThere(
      sql,
      taken.map(({ payment }) => payment),
    );
    const repeated = wave.filter((_, at) => {
      const outcome = outcomes[at];
      return outcome?.kind === 'answer' && outcome.repeated;
    });
    // What a run before this one had recorded, but not yet written down as its own.
    const own = await recordedSince(
      sql,
      state.resumed ? state.startedAt : null,
      repeated.map(({ payment }) => payment.transaction_id),
    );
    wave.forEach((work, at) => {
      const outcome = outcomes[at] as DecideOutcome;
      const id = work.payment.transaction_id;
      if (outcome.kind === 'answer') {
        if (!outcome.repeated) this.#remember(work, outcome.answer);
        this.#end(work, !outcome.repeated || own.has(id) ? 'recorded' : 'known');
      } else if (outcome.kind === 'conflict') this.#end(work, there.has(id) ? 'known' : idTaken);
      else if (outcome.kind === 'no_partition') this.#end(work, noMonth);
      else throw new Error(`an import cannot end in ${outcome.kind}`);
    });
  }

  #remember({ payment, label }: Work, answer: string): void {
    const amount = toBase(payment.amount, this.#options.rules.rates[payment.currency] as number);
    this.#recent.add(payment, Number(amount.replace('.', '')), {
      blocked: (JSON.parse(answer) as DecisionAnswer).decision === 'BLOCK',
      labelled: label !== null,
    });
  }

  #end({ row, label }: Work, as: RowEnd | Rejection): void {
    if (label) label.payment = typeof as === 'string' ? 'recorded' : 'none';
    if (typeof as === 'string') this.#ledger.end(row.row, as);
    else this.#reject(row, as);
  }

  async #save(now: boolean): Promise<void> {
    if (!now && performance.now() - this.#savedAtMs < saveEveryMs) return;
    this.#savedAtMs = performance.now();
    const { next, counts } = this.#ledger;
    const labelsRow = Math.min(next, this.#labels.firstRow ?? next);
    await saveProgress(this.#options.sql, this.#options.state.id, { nextRow: next, labelsRow, ...counts });
    this.#options.onProgress?.({ ...counts, next, labels: this.#labelled, at: this.#at });
  }
}

const idTaken: Rejection = {
  field: 'transaction_id',
  reason: 'Another payment has this id.',
};
const noMonth: Rejection = { field: 'transaction_timestamp', reason: 'Its month has no partition.' };
