import { expect, it } from 'vitest';
import { testDatabase } from '@/db/testing';
import { recordLabelled } from '@/domain/models/testing';
import { figuresOf, meanOf } from './figures';
import type { Split } from './splits';

const t = await testDatabase();

it('learns from the one part, judges by the other, and says when something is missing', async () => {
  await recordLabelled(t.sql, 4_000, 40);
  await t.sql`update transactions set is_fraud = false, label_source = 'import',
    labelled_at = transaction_timestamp + interval '7 days' where is_fraud is null`;
  const trainStart = new Date(Date.now() - 35 * 86_400_000).toISOString().slice(0, 10);
  const ids = async (from: number, to: number) => {
    const rows = await t.sql<{ id: string }[]>`select transaction_id as id from transactions
      where transaction_timestamp >= ${trainStart}::text::timestamptz + make_interval(days => ${from}::int)
        and transaction_timestamp < ${trainStart}::text::timestamptz + make_interval(days => ${to}::int)`;
    return new Set(rows.map(({ id }) => id));
  };
  const split: Split = {
    role: 'test',
    fold: 0,
    trainStart,
    train: await ids(0, 7),
    assess: await ids(14, 21),
  };
  expect(split.train.size).toBe(700);
  for (const type of ['trees', 'logistic'] as const) {
    const figures = await figuresOf(t.sql, split, type);
    expect(figures.aucRoc).toBeGreaterThan(0.9);
    expect(figures.averagePrecision).toBeGreaterThan(0.5);
    expect(figures.cardPrecision100).toBeGreaterThan(0);
    expect(meanOf([figures, figures])).toEqual(figures);
  }
  await expect(figuresOf(t.sql, { ...split, train: new Set(['nobody']) }, 'trees')).rejects.toThrow(
    '1 of 1 payments',
  );
});
