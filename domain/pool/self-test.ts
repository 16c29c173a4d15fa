import { randomBytes, randomInt } from 'node:crypto';
import type { Sql, TransactionSql } from 'postgres';
import { anotherConnection, directSql } from '@/db/client';

/** What a client may rely on from one statement or transaction to the next: worded in `pool.features.<code>`. */
export const features = [
  'localSetting',
  'transactionLock',
  'notify',
  'sessionSetting',
  'sessionLock',
  'temporaryTable',
  'sqlPrepared',
  'prepared',
  'listen',
] as const;
export type Feature = (typeof features)[number];
/** Null where it could not be told in time. */
export type FeatureResult = { feature: Feature; holds: boolean | null };
export type PoolTest = {
  /** The server's connection was another one for the next statement. */
  moved: boolean;
  results: FeatureResult[];
};

const patienceMs = 3_000;

const within = async <T>(work: Promise<T>, otherwise: T): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<T>((resolve) => {
    timer = setTimeout(() => resolve(otherwise), patienceMs);
  });
  work.catch(() => {});
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
};

type Marks = { name: string; key: number };

/** Leaves one thing of each kind behind on the server's connection, and says which connection that was. */
const leaveBehind = (client: Sql, { name, key }: Marks): Promise<number> =>
  client.begin(async (tx) => {
    await tx.unsafe(`set session vigil.pool_test = '${name}'`);
    await tx.unsafe(`prepare ${name} as select 1`);
    await tx.unsafe(`create temporary table ${name} (n int)`);
    await tx.unsafe(`listen ${name}`);
    const [row] = await tx`select pg_backend_pid() as pid, pg_advisory_lock(${key})`;
    return Number(row?.pid);
  });

/** What is there for the next statement of the same client. */
const lookAgain = async (client: Sql, { name, key }: Marks) => {
  const [row] = await client`
    select pg_backend_pid() as pid, coalesce(current_setting('vigil.pool_test', true), '') = ${name} as setting,
      exists (select from pg_prepared_statements where name = ${name}) as prepared,
      to_regclass('pg_temp.' || ${name}) is not null as temporary,
      exists (select from pg_listening_channels() c where c = ${name}) as listens,
      exists (select from pg_locks where locktype = 'advisory' and pid = pg_backend_pid()
        and (classid::bigint << 32 | objid::bigint) = ${key}) as locked`;
  return row as Record<'setting' | 'prepared' | 'temporary' | 'listens' | 'locked', boolean> & {
    pid: number;
  };
};

/** Takes away what was left behind, on the connection that has it. */
const clear = async (tx: TransactionSql, { name, key }: Marks): Promise<void> => {
  await tx.unsafe('reset vigil.pool_test');
  await tx.unsafe(`deallocate ${name}`);
  await tx.unsafe(`drop table pg_temp.${name}`);
  await tx.unsafe(`unlisten ${name}`);
  await tx`select pg_advisory_unlock(${key})`;
};

/** Within a transaction everything must hold, whatever the pool does. */
const withinTransaction = (client: Sql, { name, key }: Marks) =>
  client.begin(async (tx) => {
    await tx`select set_config('vigil.pool_local', ${name}, true), pg_advisory_xact_lock(${key + 1})`;
    const [row] = await tx`select current_setting('vigil.pool_local', true) = ${name} as setting,
      exists (select from pg_locks where locktype = 'advisory' and pid = pg_backend_pid()
        and (classid::bigint << 32 | objid::bigint) = ${key + 1}) as locked`;
    return row as { setting: boolean; locked: boolean };
  });

/**
 * Keeps the connection `pid` busy while `run` runs, then lets `after` work on it. A pool gives the connection that was
 * used last, so the first transaction that comes has it, unless somebody else came first.
 */
const holdOnce = <T>(
  holder: Sql,
  pid: number,
  run: () => Promise<T>,
  after: (tx: TransactionSql) => Promise<void>,
) =>
  holder.begin(async (tx) => {
    const [row] = await tx`select pg_backend_pid() as pid`;
    if (Number(row?.pid) !== pid) return { held: false as const };
    const answer = await within<T | null>(run(), null);
    await after(tx);
    return { held: true as const, answer };
  });

/** As holdOnce, until it has that connection: others use the pool too. Null when it never had. */
const hold = async <T>(
  holder: Sql,
  pid: number,
  run: () => Promise<T>,
  after: (tx: TransactionSql) => Promise<void>,
): Promise<T | null> => {
  for (let attempt = 0; attempt < 20; attempt += 1) {
    const found = await holdOnce(holder, pid, run, after);
    if (found.held) return found.answer;
  }
  return null;
};

/** The client names its statements at random; this one is found again by its text. */
const forgetPrepared = async (tx: TransactionSql): Promise<void> => {
  const left = await tx`select name from pg_prepared_statements where statement like '%pool_test_number%'`;
  for (const { name } of left) await tx.unsafe(`deallocate "${name}"`);
};

/**
 * Runs one named statement twice. Where the pool does not know such, the server has lost it by then: the client mends
 * that by naming it anew, or waits for ever.
 */
const tryPrepared = async (holder: Sql, shared: boolean): Promise<boolean | null> => {
  const client = anotherConnection({ name: 'pool-test', prepare: true });
  const ask = async () => {
    const [row] = await client`select ${1}::int as pool_test_number, pg_backend_pid() as pid,
      (select name from pg_prepared_statements where statement like '%pool_test_number%'
        order by prepare_time desc limit 1) as name`;
    return { pid: Number(row?.pid), name: row?.name as string | null };
  };
  try {
    const first = await within(ask(), null).catch(() => null);
    if (first === null || first.name === null) return false;
    const again = async () => (await within(ask(), null).catch(() => null))?.name === first.name;
    return shared ? await hold(holder, first.pid, again, forgetPrepared) : await again();
  } finally {
    await client.end({ timeout: 0 });
  }
};

/** Whether a NOTIFY through the pool reaches those who listen past it. */
const tryNotify = async (client: Sql, { name }: Marks): Promise<boolean> => {
  let heard = () => {};
  const arrived = new Promise<boolean>((resolve) => {
    heard = () => resolve(true);
  });
  const { unlisten } = await directSql().listen(name, () => heard());
  try {
    await client`select pg_notify(${name}, '')`;
    return await within(arrived, false);
  } finally {
    await unlisten();
  }
};

/**
 * Tries on this process's own way to the server what holds from one statement or transaction to the next while another
 * client takes the connection in between, and takes away again what that left behind.
 */
export const runPoolTest = async (): Promise<PoolTest> => {
  const marks = { name: `vigil_pool_${randomBytes(6).toString('hex')}`, key: randomInt(2 ** 40) };
  const client = anotherConnection({ name: 'pool-test', prepare: false });
  const holder = anotherConnection({ name: 'pool-test', prepare: false });
  try {
    const local = await withinTransaction(client, marks);
    const notify = await tryNotify(client, marks);
    const pid = await leaveBehind(client, marks);
    const clearIt = (tx: TransactionSql) => clear(tx, marks);
    let seen = await hold(holder, pid, () => lookAgain(client, marks), clearIt);
    if (seen === null) {
      // Nobody else gets this client's connection: it is its own, for as long as it stays.
      seen = await lookAgain(client, marks);
      if (seen.pid === pid) await client.begin(clearIt);
    }
    const results: Record<Feature, boolean | null> = {
      localSetting: local.setting,
      transactionLock: local.locked,
      notify,
      sessionSetting: seen.setting,
      sessionLock: seen.locked,
      temporaryTable: seen.temporary,
      sqlPrepared: seen.prepared,
      prepared: await tryPrepared(holder, seen.pid !== pid),
      listen: seen.listens,
    };
    return {
      moved: seen.pid !== pid,
      results: features.map((feature) => ({ feature, holds: results[feature] })),
    };
  } finally {
    await Promise.all([client, holder].map((sql) => sql.end({ timeout: 1 })));
  }
};
