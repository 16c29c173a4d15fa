/** What this worker has done with the queue since it started; only ever grows. */
export const streamCounters = {
  /** Blocks taken, their payments, and how long they took from claim to end, in milliseconds. */
  blocks: 0,
  blockPayments: 0,
  blockMs: 0,
  /** Payments decided here, and those that were found decided already. */
  decided: 0,
  repeated: 0,
  /** The decided ones, by decision. */
  allowed: 0,
  reviewed: 0,
  blocked: 0,
  /** Tries that failed and will be made again, and payments given up. */
  failed: 0,
  dead: 0,
  /** Payments taken over from a worker that had not finished them. */
  retaken: 0,
  /** Payments that another worker had taken over from this one: their decision here was refused. */
  fenced: 0,
  /** Claims given back undecided: at the end of the process, or after the database was away. */
  released: 0,
};
export type StreamCounters = typeof streamCounters;
