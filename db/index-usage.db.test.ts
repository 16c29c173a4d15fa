import { expect, test } from 'vitest';
import { testDatabase } from '@/db/testing';

const t = await testDatabase();

const usage = async (name: string) =>
  (
    await t.sql`select name, table_name, on_partition, guards, leaves, invalid_leaves, scans::int, unused, duplicate_of,
    covered_by, incomplete, invalid, building from v_index_usage where name = ${name}`
  )[0];

await t.sql`create table shops (id bigint primary key, code text, city text, owner_id text references merchants (merchant_id))`;
await t.sql`insert into shops select i, 'c' || i % 5, 'city' from generate_series(1, 100) i`;

test('an index of a partitioned table is one row, with the sum over its leaves', async () => {
  const rows = await t.sql`select name, leaves from v_index_usage where table_name = 'transactions'`;
  const [own] =
    await t.sql`select count(*)::int as indexes from pg_index where indrelid = 'transactions'::regclass`;
  const [leaves] =
    await t.sql`select count(*)::int as n from v_partitions where parent = 'transactions' and leaf`;
  expect(rows).toHaveLength(own!.indexes);
  for (const row of rows) expect(row.leaves, row.name).toBe(leaves!.n);
  await t.sql.begin(async (tx) => {
    await tx`set local enable_seqscan = off`;
    await tx`select amount from transactions where user_id = 'nobody' and transaction_timestamp > now() - interval '1 hour'`;
  });
  // Counters are reported when a session has been idle for a moment.
  await expect
    .poll(
      async () => {
        await t.sql`select pg_stat_clear_snapshot()`;
        const [row] =
          await t.sql`select sum(scans)::int as scans from v_index_usage where table_name = 'transactions'`;
        return row?.scans;
      },
      { timeout: 20_000 },
    )
    .toBeGreaterThan(0);
});

test('what an index guards keeps it from being called unused', async () => {
  expect(await usage('shops_pkey')).toMatchObject({ guards: 'primary key', unused: false });
  await t.sql`create index shops_owner on shops (owner_id)`;
  await t.sql`create index shops_city on shops (city)`;
  await t.sql`create unique index shops_code_id on shops (code, id)`;
  expect(await usage('shops_owner')).toMatchObject({ guards: 'foreign key', unused: false });
  expect(await usage('shops_code_id')).toMatchObject({ guards: 'unique', unused: false });
  expect(await usage('shops_city')).toMatchObject({ guards: null, unused: true, duplicate_of: null });
});

test('duplicates: the same columns, order, classes and condition; the one that holds a rule stays', async () => {
  await t.sql`create index shops_city_again on shops (city)`;
  await t.sql`create index shops_city_down on shops (city desc)`;
  await t.sql`create index shops_city_some on shops (city) where code = 'c1'`;
  await t.sql`create index shops_city_pattern on shops (city text_pattern_ops)`;
  await t.sql`create index shops_city_also on shops (city) include (code)`;
  await t.sql`create index shops_lower on shops (lower(city))`;
  await t.sql`create unique index shops_id_unique on shops (id)`;
  await t.sql`create index shops_id on shops (id)`;
  const found = await t.sql`select name, duplicate_of from v_index_usage
    where table_name = 'shops' and duplicate_of is not null order by name`;
  expect(found.map((row) => [row.name, row.duplicate_of])).toEqual([
    ['shops_city_again', 'shops_city'],
    ['shops_id', 'shops_pkey'],
    ['shops_id_unique', 'shops_pkey'],
  ]);
});

test('covered: a longer one begins with the same columns, and a unique one never is', async () => {
  await t.sql`create index shops_city_code on shops (city, code)`;
  await t.sql`create unique index shops_code_unique on shops (id, code)`;
  const found = await t.sql`select name, covered_by from v_index_usage
    where table_name = 'shops' and covered_by is not null order by name`;
  expect(found.map((row) => [row.name, row.covered_by])).toEqual([
    ['shops_city', 'shops_city_code'],
    ['shops_city_again', 'shops_city_code'],
    ['shops_city_also', 'shops_city_code'],
    ['shops_id', 'shops_code_unique'],
  ]);
});

test('a broken build is invalid, a part that is missing makes the whole incomplete', async () => {
  await expect(t.sql`create unique index concurrently shops_broken on shops (code)`).rejects.toMatchObject({
    code: '23505',
  });
  expect(await usage('shops_broken')).toMatchObject({ invalid: true, unused: false, invalid_leaves: 1 });
  await t.sql`create index transactions_channel on only transactions (channel)`;
  expect(await usage('transactions_channel')).toMatchObject({ incomplete: true, invalid: true, leaves: 0 });
  const [leaf] =
    await t.sql`select name from v_partitions where parent = 'transactions' and leaf order by name limit 1`;
  await t.sql.unsafe(`create index leaf_alone on ${leaf!.name} (channel)`);
  expect(await usage('leaf_alone')).toMatchObject({ table_name: 'transactions', on_partition: leaf!.name });
});

test('the parts that an archived month keeps are not listed as indexes of their own', async () => {
  await t.sql`select ensure_partitions(now() - interval '26 months')`;
  const count = async () => Number((await t.sql`select count(*) as n from v_index_usage`)[0]?.n);
  const before = await count();
  await t.sql`select archive_old_transactions()`;
  const [archived] = await t.sql`select count(*)::int as n from v_partitions where archived and level = 1`;
  expect(archived?.n).toBe(1);
  expect(await count()).toBe(before);
});
