import { describe, expect, it } from 'vitest';
import { paymentInput } from '@/domain/transactions/input';
import { demoTraffic } from './demo';
import { fraudKinds } from './frauds';
import { type Simulated, simulate } from './timeline';

const day = 86_400_000;
const to = Date.parse('2026-06-01T12:00:00Z');
const traffic = { seed: 7, prefix: 's-', customers: 600, perDay: 2400, fraudShare: 0.01 };
const week = [...simulate(traffic, to - 7 * day, to)];
const honest = week.filter(({ fraud }) => fraud === null);
const of = (list: readonly Simulated[], field: string) => list.map(({ payment }) => payment[field]);

const bySize = <T>(list: readonly T[], key: (one: T) => unknown): Map<unknown, T[]> => {
  const groups = new Map<unknown, T[]>();
  for (const one of list) groups.set(key(one), [...(groups.get(key(one)) ?? []), one]);
  return groups;
};

describe('simulated payments', () => {
  it('are payments that the API takes, each with its own id, oldest first', () => {
    for (const { payment } of week.slice(0, 3000))
      expect(paymentInput.safeParse(payment).success, JSON.stringify(payment)).toBe(true);
    expect(new Set(of(week, 'transaction_id')).size).toBe(week.length);
    const times = week.map(({ at }) => at);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(times[0]).toBeGreaterThanOrEqual(to - 7 * day);
    expect(times.at(-1)).toBeLessThan(to);
  });

  it('are the same from any point, and others for another seed', () => {
    const later = [...simulate(traffic, to - 2 * day, to)];
    expect(later).toEqual(week.slice(-later.length));
    const [other] = simulate({ ...traffic, seed: 8 }, to - 2 * day, to);
    expect(later[0]).not.toEqual(other);
  });

  it('are about as many as were asked for, about as many of them fraud, of every kind in time', () => {
    expect(week.length / 7 / traffic.perDay).toBeGreaterThan(0.8);
    expect(week.length / 7 / traffic.perDay).toBeLessThan(1.2);
    const month = [...simulate(traffic, to - 30 * day, to)];
    const frauds = month.filter(({ fraud }) => fraud !== null);
    expect(frauds.length / month.length).toBeGreaterThan(0.004);
    expect(frauds.length / month.length).toBeLessThan(0.02);
    expect(new Set(frauds.map(({ fraud }) => fraud))).toEqual(new Set(fraudKinds));
  });

  it('follow the day, and what is over the counter the opening hours', () => {
    const inGermany = honest.filter(({ payment }) => payment.country === 'DE' && payment.channel === 'pos');
    const hours = inGermany.map(({ at }) => (new Date(at).getUTCHours() + 1) % 24);
    const within = (from: number, until: number) =>
      hours.filter((hour) => hour >= from && hour < until).length;
    expect(within(16, 20)).toBeGreaterThan(5 * within(0, 4));
    const markets = inGermany.filter(({ payment }) => payment.merchant_category === 'groceries');
    for (const { at } of markets) expect((new Date(at).getUTCHours() + 1) % 24).toBeGreaterThanOrEqual(7);
  });

  it('come from people with habits: few merchants, one home, their own cards and machines', () => {
    const busiest = [...bySize(honest, ({ payment }) => payment.user_id).values()].sort(
      (a, b) => b.length - a.length,
    );
    for (const payments of busiest.slice(0, 20)) {
      expect(new Set(of(payments, 'card_token')).size).toBeLessThanOrEqual(2);
      expect(new Set(of(payments, 'device_id').filter(Boolean)).size).toBeLessThanOrEqual(2);
      const visits = [...bySize(payments, ({ payment }) => payment.merchant_id).values()].map(
        (list) => list.length,
      );
      const often = visits.sort((a, b) => b - a).slice(0, 10);
      expect(often.reduce((sum, count) => sum + count, 0) / payments.length).toBeGreaterThan(0.6);
    }
  });

  it('hold fraud that looks like its kind', () => {
    const month = [...simulate({ ...traffic, fraudShare: 0.03 }, to - 20 * day, to)];
    const kind = (name: string) => month.filter(({ fraud }) => fraud === name);
    const machines = bySize(kind('card_testing'), ({ payment }) => payment.device_id);
    const cards = Math.max(...[...machines.values()].map((list) => new Set(of(list, 'card_token')).size));
    expect(cards).toBeGreaterThanOrEqual(10);
    const accounts = bySize(kind('mule'), ({ payment }) => payment.user_id);
    expect(
      Math.max(...[...accounts.values()].map((list) => new Set(of(list, 'card_token')).size)),
    ).toBeGreaterThan(4);
    const bots = bySize(kind('bot'), ({ payment }) => payment.ip_address);
    expect(Math.max(...[...bots.values()].map((list) => new Set(of(list, 'user_id')).size))).toBeGreaterThan(
      5,
    );
    const usual = new Map(honest.map(({ payment }) => [payment.user_id, payment.device_id]));
    const taken = kind('account_takeover').filter(({ payment }) => usual.has(payment.user_id));
    for (const { payment } of taken) expect(usual.get(payment.user_id)).not.toBe(payment.device_id);
  });

  it('become known late, most of them, and only fraud does', () => {
    const month = [...simulate({ ...traffic, fraudShare: 0.03 }, to - 20 * day, to)];
    expect(month.filter(({ fraud, known }) => fraud === null && known !== null)).toEqual([]);
    const frauds = month.filter(({ fraud }) => fraud !== null);
    const known = frauds.filter((one) => one.known !== null);
    expect(known.length / frauds.length).toBeGreaterThan(0.7);
    expect(known.length / frauds.length).toBeLessThan(0.98);
    for (const { at, known: report } of known) expect(report!.at).toBeGreaterThan(at + day / 20);
    expect(new Set(known.map(({ known: report }) => report!.label))).toEqual(
      new Set(['fraud', 'chargeback']),
    );
  });
});

describe('the demo', () => {
  it('grows until its first start, with an attack on one merchant that goes on', () => {
    const begun = to;
    const past = [...simulate(demoTraffic(begun), begun - 9 * day, begun + day / 24)];
    const inDay = (ago: number) =>
      past.filter(({ at }) => at >= begun - ago * day && at < begun - (ago - 1) * day).length;
    expect(inDay(1)).toBeGreaterThan(5 * inDay(9));
    expect(inDay(5)).toBeGreaterThan(2 * inDay(9));
    const tested = past.filter(({ at, fraud }) => fraud === 'card_testing' && at > begun - day / 48);
    const merchants = [...bySize(tested, ({ payment }) => payment.merchant_id).values()];
    const attack = merchants.sort((a, b) => b.length - a.length)[0]!;
    expect(attack.filter(({ at }) => at < begun).length).toBeGreaterThan(20);
    expect(attack.filter(({ at }) => at > begun).length).toBeGreaterThan(60);
  });
});
