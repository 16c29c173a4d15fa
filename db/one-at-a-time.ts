import type { Sql } from 'postgres';

type Sent = { options: { onexecute?: (connection: unknown) => boolean | undefined } };

const alone = <Q>(query: Q): Q => {
  // What `sql(…)` makes of names and values is no query; begin() brings an answer of its own.
  const { options } = query as Partial<Sent>;
  if (options && query instanceof Promise) options.onexecute ??= () => false;
  return query;
};

/**
 * Sends a query only when the connection's one before is answered. Without prepared statements postgres.js asks what
 * the parameters of a query are and waits, with no end of its message; sent right behind another query, PgBouncer takes
 * the server away at that one's end, and the answer never comes. Transactions keep their server and are left as they are.
 */
export const oneAtATime = (sql: Sql): Sql => {
  const unsafe = sql.unsafe.bind(sql);
  Object.assign(sql, {
    unsafe: (...args: Parameters<typeof unsafe>) => alone(unsafe(...args)),
  });
  return new Proxy(sql, {
    apply: (target, self, args) =>
      alone(Reflect.apply(target as unknown as (...all: unknown[]) => unknown, self, args)),
  });
};
