import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { testIngest } from '@/ingest/ingest-fixture';
import { replay } from './run';
import { makeSender } from './sender';

const t = await testIngest();
const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'vigil-replay-'));
afterAll(() => fs.rmSync(dir, { recursive: true, force: true }));

const file = path.join(dir, 'payments.csv');
fs.writeFileSync(
  file,
  ['ID,U,M,A', ...Array.from({ length: 40 }, (_, i) => `${i},user-${i % 7},shop-${i % 3},${i}.50`), ''].join(
    '\n',
  ),
);
const plan = {
  file,
  map: { transaction_id: 'ID', user_id: 'U', merchant_id: 'M', amount: 'A' },
  set: { currency: 'EUR' },
  prefix: '',
  start: 0,
  loop: false,
  state: null as string | null,
};
const sent = async (prefix: string): Promise<number> =>
  (await t.sql`select count(*)::int as n from transactions where starts_with(transaction_id, ${prefix})`)[0]
    ?.n;

it('sends each row once, as a payment of now', async () => {
  const before = new Date();
  const sender = makeSender({ url: t.address, key: t.key.key, rate: 2000 });
  await replay({ ...plan, prefix: 'a-' }, sender);
  expect(sender.counts).toMatchObject({ sent: 40, refused: {} });
  const [row] = await t.sql`select min(transaction_timestamp) as first from transactions`;
  expect(new Date(row?.first).getTime()).toBeGreaterThanOrEqual(before.getTime());
  expect(await sent('a-')).toBe(40);
});

it('waits as long as it is told to when the rate of the key is used up, and loses none', async () => {
  const slow = await t.makeKey({ rate: 20, burst: 5 });
  const sender = makeSender({ url: t.address, key: slow.key, rate: 2000 });
  await replay({ ...plan, prefix: 'b-' }, sender);
  expect(sender.counts.again).toBeGreaterThan(0);
  expect(sender.counts.refused).toEqual({});
  expect(await sent('b-')).toBe(40);
});

it('goes round and round under new ids, and resumes where it was stopped', async () => {
  const state = path.join(dir, 'state.json');
  const looping = { ...plan, prefix: 'c-', loop: true, state };
  const first = makeSender({ url: t.address, key: t.key.key, rate: 400 });
  setTimeout(() => first.stop(), 250);
  await replay(looping, first);
  const second = makeSender({ url: t.address, key: t.key.key, rate: 400 });
  setTimeout(() => second.stop(), 250);
  await replay(looping, second);
  expect(first.counts.refused).toEqual({});
  expect(second.counts.refused).toEqual({});
  expect(await sent('c-')).toBe(first.counts.sent + second.counts.sent);
  expect(await sent('c-r2-')).toBeGreaterThan(0);
});

it('says so when the ids are taken', async () => {
  const sender = makeSender({ url: t.address, key: t.key.key, rate: 2000 });
  await replay({ ...plan, prefix: 'a-' }, sender);
  expect(sender.counts.refused).toEqual({ 409: 40 });
});
