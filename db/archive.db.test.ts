import type { Sql } from 'postgres';
import { afterAll, expect, test } from 'vitest';
import { connect, database, databaseSql } from '@/db/client';
import { seedRules } from '@/db/seed/rules';
import { testDatabase } from '@/db/testing';
import { systemActor } from '@/domain/actor';
import { archiveMonth, bringBackMonth } from '@/domain/maintenance/commands';
import { type DecideDeps, decide } from '@/domain/transactions/decide';
import { type DecisionRules, loadDecisionRules } from '@/domain/transactions/decision-state';
import { EntityQueue } from '@/domain/transactions/entity-queue';
import { generatePayment, seededRandom } from '@/domain/transactions/generated-payments';
import { Maintenance } from '@/worker/maintenance';

const t = await testDatabase();
await t.sql`select ensure_partitions(now() - interval '9 months')`;
await seedRules(database());

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const opened: Sql[] = [];
const open = (role: string, name: string, max = 1): Sql => {
  const sql = connect(t.urls[role] ?? t.url, { max, name });
  opened.push(sql);
  return sql;
};
afterAll(async () => void (await Promise.all(opened.map((sql) => sql.end({ timeout: 1 })))));

const monthsAgo = (count: number): string => {
  const now = new Date();
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - count, 1)).toISOString().slice(0, 7);
};
const moved = [monthsAgo(3), monthsAgo(4)];

const fill = async (month: string, rows: number) => {
  await t.sql`insert into transactions (transaction_id, user_id, merchant_id, transaction_timestamp, recorded_at, amount,
      currency, amount_base, fraud_score, risk_level, decision, decision_version, card_token, metadata, is_fraud, label_source, labelled_at)
    select ${month} || '-' || i, 'u' || i % 500, 'm' || i % 50, at, at, i % 900 + 0.25, 'EUR', i % 900 + 0.25, score,
      case when score >= 0.8 then 'CRITICAL' when score >= 0.6 then 'HIGH' when score >= 0.2 then 'LOW' else 'MINIMAL' end,
      case when score >= 0.8 then 'BLOCK' else 'ALLOW' end, 'test', 'c' || i % 700, jsonb_build_object('order', i),
      case when i % 90 = 0 then true end, case when i % 90 = 0 then 'import' end, case when i % 90 = 0 then at + interval '7 days' end
    from (select i, ${`${month}-01`}::date::timestamptz + i * interval '70 seconds' as at, (i * 7919 % 1000) / 1000.0 as score
      from generate_series(1, ${rows}::int) i) s`;
};

/** Every row of the months that move, in one statement: count and a sum over all columns. */
const checksum = async (sql: Sql): Promise<string> => {
  const rows =
    await sql`select to_char(transaction_timestamp at time zone 'UTC', 'YYYY-MM') as month, count(*)::int as rows,
      sum(hashtextextended(concat_ws('|', transaction_id, user_id, merchant_id, transaction_timestamp, recorded_at, amount,
        currency, amount_base, fraud_score, risk_level, decision, card_token, metadata, is_fraud, label_source, labelled_at), 0)) as sum
    from transactions_all where transaction_timestamp >= ${`${moved[1]}-01T00:00:00Z`}::timestamptz
      and transaction_timestamp < ${`${moved[0]}-01T00:00:00Z`}::timestamptz + interval '1 month'
    group by 1 order by 1`;
  return JSON.stringify(rows);
};

/** Looks every few milliseconds which payments wait for a lock, and keeps the longest wait of each. */
const watchLocks = async (application: string) => {
  const sql = open('owner', 'lock-watch');
  const waits = new Map<string, { ms: number; relation: string; mode: string }>();
  let samples = 0;
  let stopped = false;
  const watching = (async () => {
    while (!stopped) {
      const rows =
        await sql`select l.pid, l.waitstart::text as since, l.mode, l.relation::regclass::text as relation,
          extract(epoch from clock_timestamp() - l.waitstart)::float8 * 1000 as ms
        from pg_locks l join pg_stat_activity a using (pid)
        where not l.granted and l.locktype = 'relation' and l.waitstart is not null and a.application_name = ${application}`;
      samples += 1;
      for (const row of rows) {
        const key = `${row.pid} ${row.since}`;
        if (row.ms > (waits.get(key)?.ms ?? 0))
          waits.set(key, { ms: row.ms, relation: row.relation, mode: row.mode });
      }
      await pause(3);
    }
  })();
  return async () => {
    stopped = true;
    await watching;
    return { samples, waits: [...waits.values()].sort((a, b) => b.ms - a.ms) };
  };
};

/** Payments from several clients, each one after the other, until told to stop. */
const world = { users: 300, merchants: 40, devices: 300, addresses: 200, network: 1 };
const payments = async (rules: DecisionRules, clients: number, prefix: string) => {
  const answered: string[] = [];
  const failures: unknown[] = [];
  let stopped = false;
  const deps = (): DecideDeps => ({
    sql: open('ingest', 'payments', 1),
    rules: () => rules,
    queue: new EntityQueue(),
  });
  const client = async (number: number) => {
    const own = deps();
    const random = seededRandom(number);
    for (let at = 0; !stopped; at += 1) {
      const payment = generatePayment(
        { ...world, prefix },
        `${number}-${at}`,
        new Date(Date.now() - 1_000),
        random,
      );
      const [outcome] = await decide([{ payment: { ...payment, currency: 'EUR' } }], own).catch((error) => {
        failures.push(error);
        return [];
      });
      if (outcome?.kind === 'answer') answered.push(payment.transaction_id);
    }
  };
  const running = Promise.all(Array.from({ length: clients }, (_, number) => client(number)));
  // The first decision of a connection plans for every partition there is.
  await expect.poll(() => answered.length, { timeout: 60_000 }).toBeGreaterThan(clients * 5);
  return async () => {
    stopped = true;
    await running;
    return { answered, failures };
  };
};

/** Those who read meanwhile: dashboards, look-ups over both tables, and one that holds the table for 3 to 6 seconds. */
const readers = (sums: Set<string>) => {
  let stopped = false;
  const failures: unknown[] = [];
  const random = seededRandom(5);
  const loop = async (work: () => Promise<unknown>, between: () => number) => {
    while (!stopped) {
      await work().catch((error) => failures.push(error));
      await pause(between());
    }
  };
  const dashboard = open('web', 'dashboard');
  const lookup = open('web', 'lookup');
  const checker = open('web', 'checker');
  const long = open('web', 'long-reader');
  const running = Promise.all([
    loop(
      () => dashboard`select date_trunc('hour', transaction_timestamp), count(*), avg(fraud_score) from transactions
        where transaction_timestamp > now() - interval '48 hours' group by 1`,
      () => 50,
    ),
    loop(
      async () => {
        const id = `${moved[Math.floor(random() * 2)]}-${1 + Math.floor(random() * 4000)}`;
        const rows = await lookup`select archived from transactions_all where transaction_id = ${id}`;
        if (rows.length !== 1) throw new Error(`${id} was seen ${rows.length} times`);
      },
      () => 5,
    ),
    loop(
      async () => sums.add(await checksum(checker)),
      () => 20,
    ),
    loop(
      () =>
        long.begin(async (tx) => {
          await tx`select count(*) from transactions where transaction_timestamp > now() - interval '1 day'`;
          await tx`select pg_sleep(${3 + random() * 3})`;
        }),
      () => 2_000 + random() * 1_000,
    ),
  ]);
  return async () => {
    stopped = true;
    await running;
    return failures;
  };
};

test('a month goes to the archive and comes back under payments and readers: none waits long, no row differs', async () => {
  for (const month of moved) await fill(month, 4_000);
  await t.sql`analyze transactions`;
  const before = await checksum(t.sql);
  expect(JSON.parse(before)).toMatchObject([{ rows: 4_000 }, { rows: 4_000 }]);
  t.connectAs('ingest');
  const rules = await loadDecisionRules(databaseSql());
  t.connectAs('web');
  const worker = new Maintenance({
    sql: open('worker', 'worker', 4),
    maintainer: open('maintainer', 'maintainer', 2),
    openMaintainer: (onclose) =>
      connect(t.urls.maintainer!, { max: 1, arrays: false, name: 'maintenance', onclose }),
    worker: 'w1',
    everyMs: 100,
  });
  const operator = systemActor('test');
  const sums = new Set<string>();
  const stopWatching = await watchLocks('vigil-payments');
  const stopPayments = await payments(rules, 6, 'live-');
  const stopReaders = readers(sums);

  const ask = async (month: string, back: boolean) => {
    const asked = back
      ? await bringBackMonth(operator, { month, reason: 'a look', until: null })
      : await archiveMonth(operator, { month, reason: 'over two years' });
    if (!asked.ok) throw new Error(JSON.stringify(asked.error));
    await worker.look();
    const [request] =
      await t.sql`select status, error_message from maintenance_requests where id = ${asked.value.id}`;
    expect(request, request?.error_message).toMatchObject({ status: 'ok' });
    const [row] = await t.sql`select archived from transactions_all where transaction_id = ${`${month}-7`}`;
    expect(row?.archived).toBe(!back);
    await t.sql`delete from partition_holds`;
  };
  try {
    for (const month of moved) await ask(month, false);
    for (const month of moved) await ask(month, true);
    await ask(moved[0]!, false);
    await ask(moved[0]!, true);
  } finally {
    const failures = await stopReaders();
    const { answered, failures: refused } = await stopPayments();
    const { samples, waits } = await stopWatching();
    expect(failures).toEqual([]);
    expect(refused).toEqual([]);
    expect(samples).toBeGreaterThan(200);
    expect(waits[0]?.ms ?? 0, JSON.stringify(waits.slice(0, 5))).toBeLessThan(300);

    expect([...sums]).toEqual([before]);
    const [live] = await t.sql`select count(*)::int as rows, count(distinct transaction_id)::int as ids
      from transactions_all where transaction_id like 'live-%'`;
    expect(answered.length).toBeGreaterThan(200);
    expect(live).toEqual({ rows: answered.length, ids: answered.length });
  }
}, 240_000);

test('the watch on locks would see a payment that waits: a plain DETACH behind a reader makes one', async () => {
  const rules = await loadDecisionRules(t.sql);
  const stopWatching = await watchLocks('vigil-payments');
  const stopPayments = await payments(rules, 2, 'more-');
  const reader = await t.sql.reserve();
  await reader`begin`;
  await reader`select count(*) from transactions where transaction_timestamp > now() - interval '1 day'`;
  const detached = t.sql
    .unsafe(`alter table transactions detach partition transactions_y${moved[0]!.replace('-', 'm')}`)
    .execute();
  await pause(2_000);
  await reader`rollback`;
  reader.release();
  await detached;
  await stopPayments();
  const { waits } = await stopWatching();
  expect(waits[0]?.ms).toBeGreaterThan(500);
});

test('killed in the middle, a move has not happened', async () => {
  const name = `transactions_y${moved[1]!.replace('-', 'm')}`;
  const before = await t.sql`select parent, rows from v_partitions where within = ${name} order by name`;
  const mover = open('owner', 'mover');
  const failed = mover
    .begin(async (tx) => {
      const [row] =
        await tx`select pg_backend_pid() as pid, move_transactions_month(${`${moved[1]}-01`}::date, false)`;
      await t.sql`select pg_terminate_backend(${row!.pid})`;
      await tx`select 1`;
    })
    .catch((error: unknown) => error);
  expect(await failed).toBeInstanceOf(Error);
  expect(await t.sql`select parent, rows from v_partitions where within = ${name} order by name`).toEqual(
    before,
  );
  await t.sql`select move_transactions_month(${`${moved[1]}-01`}::date, false)`;
});

test('leaves keep their options and indexes through archive and back', async () => {
  const month = monthsAgo(5);
  const name = `transactions_y${month.replace('-', 'm')}`;
  const state = () => t.sql`select c.relname, c.reloptions, pg_get_expr(c.relpartbound, c.oid) as bound,
      (select array_agg(x.relname || ' ' || i.indisvalid order by x.relname) from pg_index i join pg_class x on x.oid = i.indexrelid
        where i.indrelid = c.oid) as indexes,
      (select array_agg(k.conname || ' ' || pg_get_constraintdef(k.oid) order by k.conname) from pg_constraint k
        where k.conrelid = c.oid and k.contype <> 'n') as constraints
    from pg_class c where c.relname in (${name}, ${`${name}_high_risk`}, ${`${name}_low_risk`}) order by 1`;
  const before = await state();
  expect(before).toHaveLength(3);
  expect(before[1]?.reloptions).toContain('toast_tuple_target=128');
  await t.sql`select move_transactions_month(${`${month}-01`}::date, false)`;
  expect(await state()).toEqual(before);
  await t.sql`select move_transactions_month(${`${month}-01`}::date, true)`;
  expect(await state()).toEqual(before);
});

test('a month that is not ready is refused before anybody waits: no CHECK of its bounds, or an index to build', async () => {
  const month = monthsAgo(6);
  const name = `transactions_y${month.replace('-', 'm')}`;
  const move = (back: boolean) => t.sql`select move_transactions_month(${`${month}-01`}::date, ${back})`;
  await t.sql.unsafe(`alter table ${name} rename constraint ${name}_bounds to other_bounds`);
  await expect(move(false)).rejects.toMatchObject({
    code: '55000',
    message: expect.stringContaining('CHECK'),
  });
  await t.sql.unsafe(`alter table ${name} rename constraint other_bounds to ${name}_bounds`);
  await move(false);
  await t.sql`create index transactions_amount_idx on transactions (amount)`;
  await expect(move(true)).rejects.toMatchObject({
    code: '55000',
    message: expect.stringContaining('transactions_amount_idx'),
  });
  await t.sql`drop index transactions_amount_idx`;
  await move(true);
});

test('a month that stands in the archive twice over, or is too young, is refused and nothing changes', async () => {
  const month = monthsAgo(7);
  const [year, number] = month.split('-').map(Number) as [number, number];
  const from = new Date(Date.UTC(year, number - 1, 1)).toISOString();
  const to = new Date(Date.UTC(year, number, 1)).toISOString();
  await t.sql.unsafe(`create table other_month (like transactions including all)`);
  await t.sql.unsafe(
    `alter table transactions_archive attach partition other_month for values from ('${from}') to ('${to}')`,
  );
  await expect(t.sql`select move_transactions_month(${`${month}-01`}::date, false)`).rejects.toMatchObject({
    code: '42P17',
  });
  const [row] =
    await t.sql`select parent from v_partitions where name = ${`transactions_y${month.replace('-', 'm')}`}`;
  expect(row?.parent).toBe('transactions');
  await t.sql.unsafe('drop table other_month');
  await expect(
    t.sql`select move_transactions_month(${`${monthsAgo(2)}-01`}::date, false)`,
  ).rejects.toMatchObject({
    code: '22023',
  });
});
