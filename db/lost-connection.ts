import type { Sql, TransactionSql } from 'postgres';

/** FATAL answers after which the server closes the connection, and the client's own words for a closed one. */
const lostCodes = new Set([
  '57P01',
  '57P02',
  '57P03',
  '57P05',
  '25P03',
  'CONNECTION_CLOSED',
  'CONNECTION_ENDED',
  'CONNECTION_DESTROYED',
  'ECONNRESET',
  'EPIPE',
]);

const isLost = (error: unknown): boolean => {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 4; cause = cause.cause, depth += 1)
    if (lostCodes.has(String((cause as { code?: unknown }).code))) return true;
  return false;
};

const never = new Promise<never>(() => {});

/** Waits for `done`, at most half a second. */
const until = async (done: () => boolean): Promise<void> => {
  for (let waited = 0; waited < 500 && !done(); waited += 10)
    await new Promise((resolve) => setTimeout(resolve, 10));
};

/**
 * Keeps a transaction from writing to a connection that has gone: postgres.js sends ROLLBACK or COMMIT all the same,
 * fails outside every promise, which ends the process, and its pool never uses that place again. Instead the work
 * stops where it is, and begin() rejects with what closed the connection.
 */
export const guardTransactions = (sql: Sql): Sql => {
  const begin = sql.begin.bind(sql) as (...args: unknown[]) => Promise<unknown>;
  const guarded = (...args: unknown[]): Promise<unknown> => {
    const work = args.pop() as (tx: TransactionSql) => unknown;
    let lost: Error | null = null;
    const result = begin(...args, async (tx: TransactionSql) => {
      try {
        const value: unknown = await settle(work(refuseAfter(tx, () => lost)));
        return lost ? await never : value;
      } catch (error) {
        // The answer may come before the connection is seen to close; another connection's failure never closes this one.
        if (isLost(error)) await until(() => lost !== null);
        if (lost) return await never;
        throw error;
      }
    });
    result.catch((error: Error) => {
      lost = error;
    });
    return result;
  };
  return Object.assign(sql, { begin: guarded });
};

/** begin() also takes a list of queries. */
const settle = (value: unknown): unknown => (Array.isArray(value) ? Promise.all(value) : value);

/** The same transaction, whose queries fail at once when its connection has gone. */
const refuseAfter = (tx: TransactionSql, lost: () => Error | null): TransactionSql => {
  const refuse = () => {
    const error = lost();
    if (error) throw error;
  };
  return new Proxy(tx, {
    apply: (target, self, args) => {
      refuse();
      return Reflect.apply(target as unknown as (...all: unknown[]) => unknown, self, args);
    },
    get: (target, name) => {
      if (name === 'unsafe' || name === 'savepoint' || name === 'file') refuse();
      return Reflect.get(target, name);
    },
  });
};
