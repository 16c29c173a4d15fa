import { databaseSql } from '@/db/client';

/**
 * The answer that was given for a payment, byte for byte, or null when the payment is unknown or its answer is kept no
 * longer (`retention.stream_days`).
 */
export const findAnswer = async (transactionId: string): Promise<string | null> => {
  const [row] = await databaseSql()<{ answer: string | null }[]>`
    select answer from transaction_stream where transaction_id = ${transactionId}`;
  return row?.answer ?? null;
};
