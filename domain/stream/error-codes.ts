/** Why a queued payment was not decided, as stored in `transaction_stream.error_code`. Worded in messages (`stream.errors`). */
export const streamErrorCodes = [
  /** Its currency has no rate any more. */
  'no_rate',
  /** Its month has no partition. */
  'no_partition',
  /** Too much in the base currency, at the rates of now. */
  'amount_too_large',
  /** It was decided before and its answer is kept no longer, or what is kept under its id is another payment. */
  'conflict',
  /** What is kept of it is not what its hash was made from. */
  'unreadable',
  /** Every worker that took it ended, or was cut off, before it was decided. */
  'worker_lost',
  /** Others kept changing the same customer or card. */
  'contended',
  /** A statement took too long. */
  'timed_out',
  /** PostgreSQL refused it; the message begins with the SQLSTATE. */
  'database',
  'unexpected',
] as const;
export type StreamErrorCode = (typeof streamErrorCodes)[number];

/** As stored; rows of an older version, or of a hand, may say anything. */
export const streamErrorCode = (stored: unknown): StreamErrorCode =>
  streamErrorCodes.find((code) => code === stored) ?? 'unexpected';
