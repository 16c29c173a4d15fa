import { afterAll, describe, expect, test } from 'vitest';
import { connect } from '@/db/client';
import { testDatabase } from '@/db/testing';
import { passOf, resultOf, scriptIncident } from './testing';

const t = await testDatabase({ role: 'web' });
const sql = connect(t.url, { max: 20, name: 'incident' });
afterAll(() => sql.end({ timeout: 2 }));

const begin = async () => {
  const session = await sql.reserve();
  const [row] = await session`select pg_backend_pid() as pid`;
  return { session, pid: String(row?.pid) };
};

describe('sessions', () => {
  test('connections: too many, and who has them', async () => {
    const found = await scriptIncident({
      check: 'connections',
      limits: { connections: { warning: 20, critical: 101 } },
      object: 'crowd',
      begin: async () => {
        const [allowed] = await t.sql`select current_setting('max_connections')::int as n`;
        const crowd = connect(t.url, { max: Math.ceil(allowed?.n / 4), name: 'crowd' });
        const all = await Promise.all(
          Array.from({ length: Math.ceil(allowed?.n / 4) }, () => crowd.reserve()),
        );
        return async () => {
          for (const one of all) one.release();
          await crowd.end({ timeout: 2 });
        };
      },
      status: 'warning',
    });
    expect(found.evidence[0]?.slice(2, 4)).toEqual(['vigil-crowd', 'idle']);
  });

  test('idleInTransaction: the session, and how to end it', async () => {
    const { session, pid } = await begin();
    await scriptIncident({
      check: 'idleInTransaction',
      limits: { idleInTransaction: { warning: 1, critical: 600 } },
      object: pid,
      sql: new RegExp(`pg_terminate_backend\\(${pid}\\)`),
      begin: async () => {
        await session`begin`;
        return () => session`rollback`;
      },
    });
    session.release();
  });

  test('longQueries: one long statement, without its values', async () => {
    const { session, pid } = await begin();
    const found = await scriptIncident({
      check: 'longQueries',
      limits: { longQueries: { warning: 1, critical: 600 } },
      object: pid,
      sql: new RegExp(`pg_cancel_backend\\(${pid}\\)`),
      begin: async () => {
        const asleep = session.unsafe(`select pg_sleep(60), 'secret' as word`).catch(() => {});
        return async () => {
          await t.sql`select pg_cancel_backend(${pid}::int)`;
          await asleep;
        };
      },
    });
    expect(JSON.stringify(found)).not.toContain('secret');
    session.release();
  });

  test('longTransactions: much work in one transaction, which is neither idle nor one statement', async () => {
    const { session, pid } = await begin();
    let working = true;
    await scriptIncident({
      check: 'longTransactions',
      limits: { longTransactions: { warning: 3, critical: 600 } },
      object: pid,
      begin: async () => {
        await session`begin`;
        const work = (async () => {
          while (working) await session`select pg_sleep(0.2)`;
        })();
        return async () => {
          working = false;
          await work;
          await session`rollback`;
        };
      },
    });
    session.release();
  });
});

describe('locks', () => {
  test('lockWaits: a chain of five with two roots; each root with what waits behind it', async () => {
    await t.sql`create table in_the_way (id int primary key, value int)`;
    await t.sql`insert into in_the_way values (1, 0), (2, 0)`;
    const sessions = await Promise.all(Array.from({ length: 5 }, begin));
    const [a, b, c, d, e] = sessions as [
      Awaited<ReturnType<typeof begin>>,
      Awaited<ReturnType<typeof begin>>,
      Awaited<ReturnType<typeof begin>>,
      Awaited<ReturnType<typeof begin>>,
      Awaited<ReturnType<typeof begin>>,
    ];
    let waiting: Promise<unknown>[] = [];
    const found = await scriptIncident({
      check: 'lockWaits',
      limits: { lockWaits: { warning: 1, critical: 600 } },
      object: a.pid,
      // What is under way on the same server passes through; this is what stays.
      facts: { roots: 2, blocked: 2, state: 'idle in transaction' },
      sql: new RegExp(`pg_terminate_backend\\(${a.pid}\\)`),
      begin: async () => {
        for (const { session } of sessions) await session`begin`;
        await a.session`update in_the_way set value = 1 where id = 1`;
        await b.session`update in_the_way set value = 1 where id = 2`;
        await c.session`select 1`;
        // c waits for a, d for c's row lock and e for b.
        waiting = [
          c.session`update in_the_way set value = 2 where id = 1`.catch(() => {}),
          e.session`update in_the_way set value = 3 where id = 2`.catch(() => {}),
        ];
        await expect.poll(async () => (await resultOf('lockWaits')).evidence.length).toBe(2);
        waiting.push(d.session`update in_the_way set value = 4 where id = 1`.catch(() => {}));
        return async () => {
          await a.session`rollback`;
          await b.session`rollback`;
          await waiting[0];
          await c.session`rollback`;
          await Promise.all(waiting);
          for (const { session } of sessions) await session`rollback`;
        };
      },
    });
    expect(found.evidence.map((row) => [String(row[0]), row[4]])).toEqual([
      [a.pid, 2],
      [b.pid, 1],
    ]);
    for (const { session } of sessions) session.release();
  });

  test('lockQueue: a statement that waits for the whole table, and the readers behind it', async () => {
    const [reader, change, behind] = [await begin(), await begin(), await begin()];
    await scriptIncident({
      check: 'lockQueue',
      object: change.pid,
      sql: new RegExp(`pg_cancel_backend\\(${change.pid}\\)`),
      begin: async () => {
        await reader.session`begin`;
        await reader.session`select count(*) from in_the_way`;
        const altered = change.session`alter table in_the_way add column late int`.catch(() => {});
        await expect.poll(async () => (await resultOf('lockQueue')).evidence.length).toBe(1);
        const read = behind.session`select count(*) from in_the_way`.catch(() => {});
        return async () => {
          await reader.session`rollback`;
          await Promise.all([altered, read]);
        };
      },
    });
    for (const { session } of [reader, change, behind]) session.release();
  });

  test('lockTable: many locks in one transaction', async () => {
    const { session, pid } = await begin();
    const usual = (await resultOf('lockTable')).value ?? 0;
    await scriptIncident({
      check: 'lockTable',
      limits: { lockTable: { warning: usual + 0.3, critical: 100 } },
      object: pid,
      begin: async () => {
        await session`begin`;
        await session`select count(pg_advisory_xact_lock(n)) from generate_series(1, 4000) as n`;
        return () => session`rollback`;
      },
    });
    session.release();
  });
});

describe('what holds back vacuum', () => {
  const burn = (count: number) =>
    t.sql.unsafe(
      `do $$ begin for i in 1..${count} loop perform pg_current_xact_id(); commit; end loop; end $$`,
    );

  test('xminHorizon: the transaction that does, with its state', async () => {
    const { session, pid } = await begin();
    const found = await scriptIncident({
      check: 'xminHorizon',
      limits: { xminHorizon: { warning: 2_000, critical: null } },
      object: pid,
      sql: new RegExp(`pg_terminate_backend\\(${pid}\\)`),
      begin: async () => {
        await session`begin isolation level repeatable read`;
        await session`select 1`;
        await burn(2_500);
        return () => session`rollback`;
      },
    });
    expect(found.facts).toMatchObject({ kind: 'session', state: 'idle in transaction' });
    session.release();
  });

  test('xminHorizon: a slot that nobody reads', async () => {
    await scriptIncident({
      check: 'xminHorizon',
      limits: { xminHorizon: { warning: 2_000, critical: null } },
      object: 'left_behind',
      sql: /pg_drop_replication_slot\('left_behind'\)/,
      also: ['inactiveSlots'],
      begin: async () => {
        await t.sql`select pg_create_logical_replication_slot('left_behind', 'pgoutput')`;
        await burn(2_500);
        return () => t.sql`select pg_drop_replication_slot('left_behind')`;
      },
    });
  });

  test('preparedTransactions: by its name, with its owner', async () => {
    const [room] = await t.sql`select current_setting('max_prepared_transactions')::int as n`;
    if (room?.n === 0)
      return expect(await resultOf('preparedTransactions')).toMatchObject({ reason: 'switched_off' });
    const { session } = await begin();
    await scriptIncident({
      check: 'preparedTransactions',
      limits: { preparedTransactions: { warning: 1, critical: 600 } },
      object: "forgotten 'one'",
      sql: /ROLLBACK PREPARED 'forgotten ''one'''/,
      begin: async () => {
        await session`begin`;
        await session`create table never_made (id int)`;
        await session.unsafe(`prepare transaction 'forgotten ''one'''`);
        return () => session.unsafe(`rollback prepared 'forgotten ''one'''`);
      },
    });
    session.release();
  });
});

test('a role that may not look sees nothing judged there, and no error', async () => {
  t.connectAs('readonly');
  const { results } = await passOf();
  t.connectAs('web');
  const of = (name: string) => results.find((one) => one.name === name);
  expect(of('connections')).toMatchObject({ status: 'skipped', reason: 'no_permission', value: null });
  expect(of('transactionIdAge')).toMatchObject({ status: 'ok' });
  expect(results.every((one) => one.status !== 'ok' || one.examined > 0)).toBe(true);
});
