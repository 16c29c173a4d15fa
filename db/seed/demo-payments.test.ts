import { describe, expect, it } from 'vitest';
import { paymentInput } from '@/domain/transactions/input';
import { demoHistory, demoPayments } from './demo-payments';

const options = { seed: 7, prefix: 'd-', customers: 500, attackEvery: 120 };
const at = new Date('2026-06-01T12:00:00Z');

describe('demo payments', () => {
  const payment = demoPayments(options);
  const thousand = Array.from({ length: 1000 }, (_, number) => payment(number, at));

  it('are payments that the API takes', () => {
    for (const body of thousand)
      expect(paymentInput.safeParse(body).success, JSON.stringify(body)).toBe(true);
  });

  it('are the same from any point', () => {
    const again = demoPayments(options);
    expect([999, 3, 500].map((number) => again(number, at))).toEqual(
      [999, 3, 500].map((number) => thousand[number]),
    );
  });

  it('are other ones for another seed', () => {
    const other = demoPayments({ ...options, seed: 8 });
    expect(other(1, at)).not.toEqual(thousand[1]);
  });

  it('show cards, devices, addresses, places and several currencies', () => {
    const share = (has: (body: (typeof thousand)[number]) => unknown) => thousand.filter(has).length / 1000;
    expect(share((body) => body.card_token)).toBe(1);
    expect(share((body) => body.latitude !== undefined)).toBe(1);
    expect(share((body) => body.device_id && body.ip_address)).toBeGreaterThan(0.3);
    expect(new Set(thousand.map((body) => body.currency)).size).toBeGreaterThan(3);
    expect(new Set(thousand.map((body) => body.country)).size).toBeGreaterThan(8);
  });

  it('hold attacks: one device with many cards, small amounts on one card', () => {
    const cards = new Map<string, Set<string>>();
    for (const { device_id, card_token } of thousand) {
      if (device_id && card_token) cards.set(device_id, (cards.get(device_id) ?? new Set()).add(card_token));
    }
    expect(Math.max(...[...cards.values()].map((tokens) => tokens.size))).toBeGreaterThanOrEqual(5);
  });
});

describe('the history', () => {
  it('is in order, in the past, and follows the day', () => {
    const past = [...demoHistory(7, 48, { now: at, perHour: 50 })];
    const history = past.map(({ payment }) => payment);
    expect(past.filter(({ attack }) => attack).length).toBeGreaterThan(5);
    const times = history.map((body) => body.transaction_timestamp);
    expect(times).toEqual([...times].sort());
    expect(Date.parse(times[0]!)).toBeGreaterThanOrEqual(at.getTime() - 48 * 3_600_000);
    expect(Date.parse(times.at(-1)!)).toBeLessThanOrEqual(at.getTime());
    expect(new Set(history.map((body) => body.transaction_id)).size).toBe(history.length);
    const hour = (h: number) => times.filter((time) => new Date(time).getUTCHours() === h).length;
    expect(hour(17)).toBeGreaterThan(hour(3) * 3);
  });
});
