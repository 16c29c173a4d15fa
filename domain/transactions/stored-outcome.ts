import { databaseSql } from '@/db/client';
import { type StreamErrorCode, streamErrorCode } from '@/domain/stream/error-codes';

/**
 * Where a payment stands: `decided` with the answer that was given, byte for byte; `queued`, to be decided by a worker;
 * `dead`, given up until an operator puts it back; `discarded` by an operator.
 */
export type Standing =
  | { standing: 'decided'; answer: string }
  | { standing: 'queued' }
  | { standing: 'dead' | 'discarded'; error: StreamErrorCode };

/** Reads it off a row of transaction_stream. */
export const standingOf = (row: {
  processing_status: string | null;
  answer: string | null;
  error_code: string | null;
}): Standing => {
  if (row.answer !== null) return { standing: 'decided', answer: row.answer };
  if (row.processing_status === 'DEAD' || row.processing_status === 'DISCARDED')
    return {
      standing: row.processing_status === 'DEAD' ? 'dead' : 'discarded',
      error: streamErrorCode(row.error_code),
    };
  return { standing: 'queued' };
};

/** Where a payment stands, or null when it is unknown or kept no longer (`retention.stream_days`). */
export const findStanding = async (transactionId: string): Promise<Standing | null> => {
  const [row] = await databaseSql()<
    { processing_status: string; answer: string | null; error_code: string | null }[]
  >`select processing_status, answer, error_code from transaction_stream where transaction_id = ${transactionId}`;
  return row ? standingOf(row) : null;
};
