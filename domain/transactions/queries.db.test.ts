import { expect, test } from 'vitest';
import { database } from '@/db/client';
import { testDatabase } from '@/db/testing';
import { person, recordPayment } from '@/domain/alerts/testing';
import { exportTransactions } from './commands';
import { listTransactionsInput } from './list-input';
import {
  getTransaction,
  listSimilar,
  listTransactions,
  sameCard,
  sameDevice,
  sameIp,
  sameMerchant,
  sameUser,
} from './queries';
import { searchPayments } from './search';

const t = await testDatabase({ role: 'web' });
const mira = await person(t.sql, 'Mira Lindqvist');
const officer = await person(t.sql, 'Otto Officer', 'security_officer');
const auditor = await person(t.sql, 'Ada Auditor', 'auditor');

const hour = 3_600_000;
const now = Date.now();
const ago = (hours: number) => new Date(now - hours * hour).toISOString();
// 120 payments, one an hour, of 10 customers; every tenth blocked, every 30th from a card of its own.
for (let i = 0; i < 120; i++)
  await recordPayment(t.sql, {
    id: `pay-${String(i).padStart(3, '0')}`,
    at: ago(i + 1),
    user: `cust-${i % 10}`,
    merchant: `shop-${i % 3}`,
    card: i % 30 === 0 ? null : `tok_${i % 10}_447${i % 10}`,
    device: i % 2 ? 'dev-odd' : null,
    amount: i,
    score: i % 10 === 0 ? 0.9 : 0.1,
    risk: i % 10 === 0 ? 'CRITICAL' : 'MINIMAL',
    decision: i % 10 === 0 ? 'BLOCK' : 'ALLOW',
    isFraud: i === 20 ? true : i === 21 ? false : null,
  });

const everything = async (input: Parameters<typeof listTransactions>[1]) => {
  const ids: string[] = [];
  let cursor: string | undefined;
  for (let pages = 0; pages < 50; pages++) {
    const page = await listTransactions(mira, { ...input, cursor });
    ids.push(...page.rows.map((row) => row.id));
    if (!page.next) return ids;
    cursor = page.next;
  }
  throw new Error('endless');
};

test('pages follow each other without a gap or a repetition', async () => {
  const page = await listTransactions(mira, {});
  expect(page.rows).toHaveLength(50);
  expect(page.rows[0]).toMatchObject({
    id: 'pay-000',
    userName: 'Customer cust-0',
    merchantName: 'Merchant shop-0',
  });
  const ids = await everything({ limit: 7 });
  expect(ids).toEqual(Array.from({ length: 120 }, (_, i) => `pay-${String(i).padStart(3, '0')}`));
});

test('payments of one instant are paged by their ids', async () => {
  const at = ago(700);
  for (const id of ['same-c', 'same-a', 'same-b'])
    await recordPayment(t.sql, { id, at, user: 'twin', merchant: 'twins' });
  expect(await everything({ user: 'twin', limit: 1 })).toEqual(['same-c', 'same-b', 'same-a']);
});

test.each([
  [{ user: 'cust-3' }, 12],
  [{ merchant: 'shop-1' }, 40],
  [{ merchant: 'shop-1', decision: ['BLOCK'] }, 4],
  [{ device: 'dev-odd', scoreFrom: 0.5 }, 0],
  [{ ip: '10.1.2.3', from: ago(10.5), to: ago(0.5) }, 10],
  [{ decision: ['BLOCK', 'REVIEW'], user: 'cust-0' }, 12],
  [{ risk: ['CRITICAL'], from: ago(500) }, 12],
  [{ card: '4473' }, 12],
  [{ card: 'tok_3_4473' }, 12],
  [{ label: ['fraud'] }, 1],
  [{ label: ['genuine'] }, 1],
  [{ amountFrom: 100, amountTo: 109.5, from: ago(500) }, 10],
  [{ scoreFrom: 0.5, channel: ['web'], country: 'de', from: ago(500), decision: ['BLOCK'] }, 12],
  [{ id: 'pay-077' }, 1],
  [{ country: 'FR' }, 0],
] as const)('filter %j gives %i', async (input, expected) => {
  expect(
    await everything({ ...input, limit: 5 } as unknown as Parameters<typeof listTransactions>[1]),
  ).toHaveLength(expected);
});

test('a search that runs out of time says how far it looked and goes on from there', async () => {
  await recordPayment(t.sql, { id: 'old-one', merchant: 'twins', at: ago(24 * 50), amount: 9_999_999 });
  const input = { amountFrom: 9_000_000 };
  const first = await searchPayments(database(), listTransactionsInput.parse(input), -1);
  expect(first).toMatchObject({ rows: [], searched: { complete: false } });
  expect(first.next).not.toBeNull();
  const rest = await listTransactions(mira, { ...input, cursor: first.next ?? '' });
  expect(rest.rows.map((row) => row.id)).toEqual(['old-one']);
  expect(rest).toMatchObject({ next: null, searched: { complete: true } });
});

test('archived payments are found after the live ones', async () => {
  const at = '2025-03-05T10:00:00Z';
  await t.sql`select ensure_partitions(${at}::timestamptz, ${at}::timestamptz)`;
  await recordPayment(t.sql, {
    id: 'archived-1',
    at,
    user: 'old-customer',
    merchant: 'twins',
    amount: 8_888_888,
  });
  await t.sql.unsafe(`alter table transactions detach partition transactions_y2025m03`);
  await t.sql.unsafe(`alter table transactions_archive attach partition transactions_y2025m03
    for values from ('2025-03-01 00:00:00+00') to ('2025-04-01 00:00:00+00')`);
  expect(await everything({ user: 'old-customer' })).toEqual(['archived-1']);
  expect(await everything({ amountFrom: 8_000_000, amountTo: 9_000_000 })).toEqual(['archived-1']);
  expect(await everything({ from: '2025-03-01T00:00:00Z', to: '2025-03-31T00:00:00Z' })).toEqual([
    'archived-1',
  ]);
  expect(await getTransaction(mira, { id: 'archived-1' })).toMatchObject({ payment: { archived: true } });
});

test('a payment comes with what explains it, and never with its card', async () => {
  const detail = await getTransaction(mira, { id: 'pay-013' });
  expect(detail).toMatchObject({
    payment: { id: 'pay-013', cardLastFour: '4473', archived: false, latencyMs: 12 },
    model: null,
    rules: [],
    baseCurrency: 'EUR',
    thresholds: { reviewAt: 0.5, blockAt: 0.85 },
    usual: { count: 10, mean: 68, devices: ['dev-odd'], countries: ['DE'] },
    alert: null,
  });
  expect(JSON.stringify(detail)).not.toContain('tok_');
  expect(JSON.stringify(await listTransactions(mira, {}))).not.toContain('tok_');
});

test('same customer, card, device, address, merchant', async () => {
  const id = 'pay-013';
  expect((await sameUser(mira, { id })).rows).toHaveLength(12);
  expect((await sameCard(mira, { id })).rows.every((row) => row.cardLastFour === '4473')).toBe(true);
  const devices = await sameDevice(mira, { id });
  expect(devices.rows).toHaveLength(20);
  const more = await sameDevice(mira, { id, cursor: devices.next ?? '' });
  expect(more.rows[0]?.id).not.toBe(devices.rows[0]?.id);
  expect((await sameIp(mira, { id, limit: 200 })).rows.length).toBeGreaterThan(100);
  expect((await sameMerchant(mira, { id, limit: 200 })).rows).toHaveLength(40);
  expect(await sameDevice(mira, { id: 'pay-000' })).toEqual({ rows: [], next: null });
  expect(await listSimilar(mira, { id })).toEqual([]);
});

test('an export is on the record', async () => {
  expect(await exportTransactions(auditor, { decision: ['BLOCK'] })).toMatchObject({ ok: true });
  const [row] =
    await t.sql`select action, user_id, new_values from audit_trail where action = 'transaction:export'`;
  expect(row).toMatchObject({
    user_id: auditor.userId,
    new_values: { filters: { decision: ['BLOCK'] }, limit: 50_000 },
  });
  expect(await exportTransactions(mira, {})).toMatchObject({ ok: false, error: { code: 'denied' } });
});

test('what is not there, not allowed, or wrong', async () => {
  const code = (wanted: string, field?: string) =>
    expect.objectContaining({
      failure: expect.objectContaining(field ? { code: wanted, field } : { code: wanted }),
    });
  await expect(getTransaction(mira, { id: 'nope' })).rejects.toEqual(code('not_found'));
  await expect(sameUser(mira, { id: 'nope' })).rejects.toEqual(code('not_found'));
  await expect(listSimilar(mira, { id: 'nope' })).rejects.toEqual(code('not_found'));
  await expect(listTransactions(officer, {})).rejects.toEqual(code('denied'));
  await expect(getTransaction(officer, { id: 'pay-000' })).rejects.toEqual(code('denied'));
  await expect(listTransactions(mira, { ip: '10.1.2' })).rejects.toEqual(code('invalid', 'ip'));
  await expect(listTransactions(mira, { cursor: 'eyJub3QiOiJtaW5lIn0' })).rejects.toEqual(
    code('invalid', 'cursor'),
  );
  await expect(listTransactions(mira, { from: 'yesterday' })).rejects.toEqual(code('invalid', 'from'));
});
