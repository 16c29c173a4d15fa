import type { Sql } from 'postgres';
import type { Payment } from '@/domain/transactions/input';
import { keptPayment } from '@/domain/transactions/kept-payment';
import { type Standing, standingOf } from '@/domain/transactions/stored-outcome';

/** A payment to be queued, with the hash of its content. */
export type ToQueue = { payment: Payment; hash: string };

/**
 * What is kept under a payment's id: `accepted` now, or `known` with the hash of its content and where it stands;
 * `forgotten` when it was decided so long ago that its answer is gone.
 */
export type Queued =
  | { kind: 'accepted'; hash: string }
  | { kind: 'known'; hash: string; standing: Standing }
  | { kind: 'forgotten' };

type Row = {
  transaction_id: string;
  outcome: 'accepted' | 'known' | 'forgotten';
  payload_hash: string | null;
  processing_status: string | null;
  answer: string | null;
  error_code: string | null;
};

/**
 * Keeps payments in the queue, in their order, in one statement: durable when it resolves, and the same again when it is
 * repeated. No id may come twice.
 * @returns what is kept, by transaction_id
 */
export const queuePayments = async (sql: Sql, block: readonly ToQueue[]): Promise<Map<string, Queued>> => {
  const rows = await sql<Row[]>`select * from queue_payments(${JSON.stringify(
    block.map(({ payment, hash }, position) => ({
      position,
      transaction_id: payment.transaction_id,
      payload_hash: hash,
      raw_data: keptPayment(payment),
      transaction_timestamp: payment.transaction_timestamp,
    })),
  )}::text::jsonb)`;
  return new Map(rows.map((row) => [row.transaction_id, queuedOf(row)]));
};

const queuedOf = (row: Row): Queued => {
  if (row.outcome === 'forgotten') return { kind: 'forgotten' };
  const hash = row.payload_hash as string;
  return row.outcome === 'accepted'
    ? { kind: 'accepted', hash }
    : { kind: 'known', hash, standing: standingOf(row) };
};
