import { sql as text } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/postgres-js';
import { afterAll, expect, test } from 'vitest';
import { connect } from './client';
import { testDatabase } from './testing';

const t = await testDatabase();
const sql = connect(t.url, { max: 1, name: 'lost-test' });
afterAll(() => sql.end({ timeout: 1 }));

const kill = async () => {
  await expect
    .poll(async () => {
      const rows = await t.sql`select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and application_name = 'vigil-lost-test'`;
      return rows.length;
    })
    .toBeGreaterThan(0);
};
/** Waits until the server shows a transaction of ours at this statement. */
const reaches = (statement: string) =>
  expect
    .poll(async () => {
      const rows = await t.sql`select 1 from pg_stat_activity where datname = current_database()
        and application_name = 'vigil-lost-test' and xact_start is not null and query like ${`${statement}%`}`;
      return rows.length;
    })
    .toBe(1);
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
/** The only place of the pool is used again; its first query may still hear what closed the connection before. */
const answers = (client = sql) =>
  expect.poll(() => client`select 1 as one`.catch(() => null), { timeout: 3_000 }).toEqual([{ one: 1 }]);

test('while a query of the transaction runs', async () => {
  const work = sql.begin(async (tx) => {
    await tx`select pg_sleep(10)`;
  });
  const failed = expect(work).rejects.toThrow();
  await reaches('select pg_sleep');
  await kill();
  await failed;
  await answers();
});

test('between two queries, and the second is refused', async () => {
  let reached = false;
  const work = sql.begin(async (tx) => {
    await tx`select 1`;
    await pause(1_000);
    await tx`select 2`;
    reached = true;
  });
  const failed = expect(work).rejects.toThrow();
  await reaches('select 1');
  await kill();
  await failed;
  await pause(1_100);
  expect(reached).toBe(false);
  await answers();
});

test('after the last query, before the commit', async () => {
  const work = sql.begin(async (tx) => {
    await tx`select 1`;
    await pause(1_000);
    return 'done';
  });
  const failed = expect(work).rejects.toThrow();
  await reaches('select 1');
  await kill();
  await failed;
  await pause(1_100);
  await answers();
});

test('through Drizzle, again and again', async () => {
  const db = drizzle(connect(t.url, { max: 1, name: 'lost-test' }));
  for (let round = 0; round < 5; round += 1) {
    const work = db.transaction(async (tx) => {
      await tx.execute(text`select pg_sleep(${round % 2 ? 0 : 10})`);
      await pause(1_000);
      await tx.execute(text`select 2`);
    });
    const failed = expect(work).rejects.toThrow();
    await reaches('select pg_sleep');
    await kill();
    await failed;
    await answers(db.$client);
  }
  await db.$client.end({ timeout: 1 });
});

test('an ordinary failure still rolls back', async () => {
  await t.sql`create table kept (value integer)`;
  await expect(
    sql.begin(async (tx) => {
      await tx`insert into kept values (1)`;
      throw new Error('no');
    }),
  ).rejects.toThrow('no');
  await sql.begin(async (tx) => {
    await tx`insert into kept values (2)`;
    await tx
      .savepoint(async (inner) => {
        await inner`insert into kept values (3)`;
        throw new Error('inner');
      })
      .catch(() => {});
  });
  expect(await t.sql`select value from kept`).toEqual([{ value: 2 }]);
});
