import { expect, test } from 'vitest';
import { testDatabase } from '@/db/testing';
import { claimAlert, decideAlert, escalateAlert } from './commands';
import { getAlert, listAlerts, listAssignees, nextAlert } from './queries';
import { person, raiseAlert } from './testing';

const t = await testDatabase({ role: 'web' });
const mira = await person(t.sql, 'Mira Lindqvist');
const deniz = await person(t.sql, 'Deniz Aksoy');
const sena = await person(t.sql, 'Sena Kaya', 'senior_analyst');
const operator = await person(t.sql, 'Omar Operator', 'db_operator');

const ids: number[] = [];
for (let i = 0; i < 30; i++)
  ids.push(
    await raiseAlert(t.sql, {
      id: `pay-${i}`,
      user: `cust-${i}`,
      merchant: i < 6 ? 'attacked' : `shop-${i}`,
      amount: 10 * (i + 1),
      risk: i % 2 ? 'CRITICAL' : 'MEDIUM',
      severity: i % 2 ? 'critical' : 'warning',
      queue: 100 + i * 10,
    }),
  );
const at = (i: number) => ids[i] ?? 0;

test('the queue in its order, paged, with counts and the merchant under attack', async () => {
  const first = await listAlerts(mira, { limit: 20 });
  expect(first.rows.map((row) => row.id)).toEqual(ids.slice(0, 20));
  expect(first.counts).toMatchObject({ mine: 0, open: 30, matching: 30 });
  expect(first.attacks).toMatchObject([
    { merchantId: 'attacked', merchantName: 'Merchant attacked', count: 6 },
  ]);
  expect(first.attacks[0]?.rows.map((row) => row.id)).toEqual(ids.slice(0, 6));
  const second = await listAlerts(mira, { limit: 20, cursor: first.next ?? '' });
  expect(second.rows.map((row) => row.id)).toEqual(ids.slice(20));
  expect(second.next).toBeNull();
  expect(JSON.stringify(first)).not.toContain('tok_');
  expect(first.rows[0]).toMatchObject({ cardLastFour: '4471', reasons: [{ rule: 7, code: 'cardVelocity' }] });
});

test.each([
  [{ risk: ['CRITICAL'] }, 15],
  [{ severity: ['warning'] }, 15],
  [{ merchant: 'attacked' }, 6],
  [{ user: 'cust-3' }, 1],
  [{ amountFrom: 100, amountTo: 120 }, 3],
  [{ olderThanMinutes: 5 }, 0],
  [{ youngerThanMinutes: 5 }, 30],
  [{ status: ['decided'], tab: 'all' }, 0],
  [{ tab: 'all', order: 'newest' }, 30],
] as const)('filter %j gives %i', async (input, expected) => {
  const list = await listAlerts(mira, input as unknown as Parameters<typeof listAlerts>[1]);
  expect(list.counts.matching).toBe(expected);
  expect(list.rows).toHaveLength(expected);
});

test('claimed alerts name their holder, stand in mine, and leave it when the lease has run out', async () => {
  await claimAlert(mira, { id: at(2) });
  expect((await listAlerts(mira, { tab: 'mine' })).rows.map((row) => row.id)).toEqual([at(2)]);
  const seen = (await listAlerts(deniz, {})).rows.find((row) => row.id === at(2));
  expect(seen).toMatchObject({ holderId: mira.userId, holderName: 'Mira Lindqvist' });
  expect(await nextAlert(deniz, { after: at(1) })).toEqual({ id: at(3) });
  expect(await nextAlert(mira, { after: at(1) })).toEqual({ id: at(2) });
  expect(await nextAlert(mira, { after: at(29) })).toEqual({ id: at(0) });
  await t.sql`update fraud_alerts set lease_until = now() where id = ${at(2)}`;
  const later = await listAlerts(mira, { tab: 'mine' });
  expect(later).toMatchObject({ rows: [], counts: { mine: 0 } });
  expect((await getAlert(deniz, { id: at(2) })).alert).toMatchObject({ holderId: null, leaseUntil: null });
});

test('one alert with its payment explained and what was done to it', async () => {
  await claimAlert(mira, { id: at(10) });
  await claimAlert(mira, { id: at(10) });
  await decideAlert(mira, { id: at(10), disposition: 'fraud', note: 'clear' });
  const { alert, explanation, history } = await getAlert(deniz, { id: at(10) });
  expect(alert).toMatchObject({
    status: 'decided',
    disposition: 'fraud',
    decidedByName: 'Mira Lindqvist',
    note: 'clear',
  });
  expect(explanation).toMatchObject({
    payment: { id: 'pay-10', isFraud: true, labelSource: 'analyst' },
    usual: { count: 0, mean: null },
  });
  expect(explanation?.card.length).toBeGreaterThan(1);
  expect(history).toMatchObject([
    { action: 'alert:decide', actorName: 'Mira Lindqvist', disposition: 'fraud', note: 'clear' },
    { action: 'alert:claim', actorName: 'Mira Lindqvist' },
  ]);
  const decided = await listAlerts(mira, { tab: 'all', status: ['decided'] });
  expect(decided.rows.map((row) => row.id)).toEqual([at(10)]);
});

test('what was escalated leaves the analyst’s queue and is in the senior’s', async () => {
  await escalateAlert(mira, { id: at(12), note: 'see card' });
  expect((await listAlerts(mira, {})).rows.map((row) => row.id)).not.toContain(at(12));
  expect((await listAlerts(sena, {})).rows.map((row) => row.id)).toContain(at(12));
  expect((await listAlerts(mira, { status: ['escalated'] })).rows.map((row) => row.id)).toEqual([at(12)]);
});

test('assignees are those who may decide; the rest is refused, not found or invalid', async () => {
  expect((await listAssignees(mira, {})).map(({ name }) => name)).toEqual([
    'Deniz Aksoy',
    'Mira Lindqvist',
    'Sena Kaya',
  ]);
  const failing = (code: string, field?: string) =>
    expect.objectContaining({ failure: expect.objectContaining(field ? { code, field } : { code }) });
  await expect(listAlerts(operator, {})).rejects.toEqual(failing('denied'));
  await expect(getAlert(operator, { id: at(0) })).rejects.toEqual(failing('denied'));
  await expect(getAlert(mira, { id: 987_654 })).rejects.toEqual(failing('not_found'));
  await expect(listAlerts(mira, { cursor: 'bm90IG9uZQ' })).rejects.toEqual(failing('invalid', 'cursor'));
  await expect(listAlerts(mira, { risk: ['HUGE' as 'HIGH'] })).rejects.toEqual(failing('invalid', 'risk.0'));
});
