import { describe, expect, it } from 'vitest';
import { SampleTable } from './sample-table';

describe('SampleTable', () => {
  it('keeps every fraud and a share of the rest that it can name', () => {
    const table = new SampleTable(['payment.amount', 'payment.night'], 1_000);
    for (let i = 0; i < 20_000; i += 1)
      table.add(`payment-${i}`, { 'payment.amount': i, 'payment.night': i % 2 === 0 }, i % 200 === 0);
    const { columns, labels } = table.samples();
    expect(table.rows).toBeLessThanOrEqual(1_000);
    expect(table.frauds).toBe(100);
    expect(labels.reduce((sum, label) => sum + label, 0)).toBe(100);
    const genuine = labels.length - 100;
    expect(genuine / table.share / 19_900).toBeGreaterThan(0.8);
    expect(genuine / table.share / 19_900).toBeLessThan(1.2);
    labels.forEach((label, row) => {
      expect(columns[0]![row]! % 200 === 0).toBe(label === 1);
      expect(columns[1]![row]).toBe(columns[0]![row]! % 2 === 0 ? 1 : 0);
    });
  });

  it('keeps what is missing as missing', () => {
    const table = new SampleTable(['payment.amount', 'payment.night'], 10);
    table.add('a', { 'payment.amount': null }, true);
    expect([...table.samples().columns.map((column) => column[0])]).toEqual([Number.NaN, Number.NaN]);
    expect(table.share).toBe(1);
    expect(() => new SampleTable(['country'], 10)).toThrow(RangeError);
  });
});
