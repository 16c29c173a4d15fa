import { readFileSync } from 'node:fs';
import { getTableColumns } from 'drizzle-orm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mlFeatures } from '@/db/schema';
import { embedding, embeddingSize } from './embedding';
import { EntityQueue } from './entity-queue';
import { distanceKm } from './feature-values';
import { features } from './features';
import { featuresDocument } from './features-document';
import { generatePayment, seededRandom } from './generated-payments';
import { toBase } from './money';
import { entityKeys, waves } from './waves';

describe('the catalogue', () => {
  it('has at least fifty features, each with a name of its own and its column', () => {
    expect(features.length).toBeGreaterThanOrEqual(50);
    expect(new Set(features.map(({ field }) => field)).size).toBe(features.length);
    const columns = Object.values(getTableColumns(mlFeatures)).map((column) => [
      column.name,
      column.getSQLType(),
    ]);
    const own = new Map(
      columns.filter(([name]) => !/^transaction_/.test(name as string)) as [string, string][],
    );
    expect(new Map(features.map(({ column, sqlType }) => [column, sqlType] as const))).toEqual(own);
  });

  it('covers counts of every entity in every window', () => {
    for (const entity of ['user', 'card', 'device', 'ip', 'merchant'])
      for (const window of ['10m', '1h', '24h', '7d', '30d'])
        expect(features.some(({ field }) => field === `${entity}.count_${window}`)).toBe(true);
  });

  it('is what docs/features.md says', () => {
    expect(readFileSync('docs/features.md', 'utf8')).toBe(featuresDocument());
  });
});

describe('money in the base currency', () => {
  it.each([
    ['100.00', 1, '100.00'],
    ['0.05', 0.1, '0.01'],
    ['0.04', 0.1, '0.00'],
    ['1', 0.87, '0.87'],
    ['1234567.89', 0.0205, '25308.64'],
    ['10', 1e-7, '0.00'],
    ['9999999999999.99', 1, '9999999999999.99'],
    ['5000', 0.0056, '28.00'],
  ])('%s at %d is %s', (amount, rate, base) => {
    expect(toBase(amount, rate)).toBe(base);
  });

  it('is within half a cent of the exact product', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e9 }), fc.integer({ min: 1, max: 1e6 }), (cents, rate) => {
        const exact = BigInt(cents) * BigInt(rate);
        const found = BigInt(toBase((cents / 100).toFixed(2), rate / 1e4).replace('.', '')) * 10_000n;
        expect(Number(found > exact ? found - exact : exact - found)).toBeLessThanOrEqual(5_000);
      }),
    );
  });

  it('refuses what is no amount', () => {
    for (const wrong of ['-1', '', '1.', '1e3', 'NaN']) expect(() => toBase(wrong, 1)).toThrow(RangeError);
  });
});

describe('distance', () => {
  it('is that of the globe', () => {
    expect(distanceKm(52.52, 13.405, 41.0082, 28.9784)).toBeCloseTo(1737, -1);
    expect(distanceKm(10, 20, 10, 20)).toBe(0);
    expect(distanceKm(0, 0, 0, 180)).toBeCloseTo(Math.PI * 6371, 3);
  });
});

describe('embedding', () => {
  const values = (of: Record<string, number | boolean | null>) => ({
    ...Object.fromEntries(features.map(({ field }) => [field, null])),
    ...of,
  });
  const cosine = (a: number[], b: number[]) => a.reduce((sum, value, i) => sum + value * b[i]!, 0);

  it('has sixteen numbers and length one, whatever is missing', () => {
    const number = fc.oneof(fc.constant(null), fc.double({ min: 0, max: 1e12, noNaN: true }));
    fc.assert(
      fc.property(number, number, number, (amount, count, seconds) => {
        const made = embedding(
          values({ 'payment.amount': amount, 'card.count_1h': count, 'user.seconds_since_last': seconds }),
        );
        expect(made).toHaveLength(embeddingSize);
        expect(cosine(made, made)).toBeCloseTo(1, 5);
        expect(made.every((value) => Math.fround(value) === value)).toBe(true);
      }),
    );
  });

  it('puts like payments closer than unlike ones', () => {
    const testing = { 'payment.amount': 2, 'card.count_1h': 12, 'payment.hour': 3 };
    const similar = { 'payment.amount': 3, 'card.count_1h': 10, 'payment.hour': 4 };
    const rent = { 'payment.amount': 900, 'card.count_1h': 0, 'payment.hour': 12 };
    const [a, b, c] = [testing, similar, rent].map((of) => embedding(values(of))) as [
      number[],
      number[],
      number[],
    ];
    expect(cosine(a, b)).toBeGreaterThan(0.98);
    expect(cosine(a, c)).toBeLessThan(0.8);
  });
});

describe('waves', () => {
  const world = { prefix: '', users: 6, merchants: 4, devices: 5, addresses: 4, network: 1 };

  it('repeat no entity, lose nothing and keep the order of what shares something', () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.integer({ min: 0, max: 60 }),
        fc.integer({ min: 1, max: 8 }),
        (seed, n, most) => {
          const random = seededRandom(seed);
          const block = Array.from({ length: n }, (_, i) => ({
            i,
            payment: generatePayment(world, `${i}`, new Date(0), random),
          }));
          const made = waves(block, most);
          expect(
            made
              .flat()
              .map(({ i }) => i)
              .sort((a, b) => a - b),
          ).toEqual(block.map(({ i }) => i));
          const waveOf = new Map(made.flatMap((wave, w) => wave.map(({ i }) => [i, w] as const)));
          for (const wave of made) {
            expect(wave.length).toBeLessThanOrEqual(most);
            const keys = wave.flatMap(({ payment }) => entityKeys(payment));
            expect(new Set(keys).size).toBe(keys.length);
          }
          for (const [i, one] of block.entries())
            for (const later of block.slice(i + 1))
              if (entityKeys(one.payment).some((key) => entityKeys(later.payment).includes(key)))
                expect(waveOf.get(one.i)).toBeLessThan(waveOf.get(later.i)!);
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('the queue', () => {
  it('lets one at a time on a key, in order, and others pass', async () => {
    const queue = new EntityQueue();
    const log: string[] = [];
    let release!: () => void;
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const first = queue.run(['card', 'user'], async () => {
      await gate;
      log.push('first');
    });
    const second = queue.run(['user'], async () => void log.push('second'));
    const third = queue.run(['card', 'other'], async () => void log.push('third'));
    await queue.run(['elsewhere'], async () => void log.push('passed'));
    release();
    await Promise.all([first, second, third]);
    expect(log).toEqual(['passed', 'first', 'second', 'third']);
    expect(queue.size).toBe(0);
  });

  it('goes on after a task that failed', async () => {
    const queue = new EntityQueue();
    const failed = queue.run(['card'], () => Promise.reject(new Error('no')));
    const next = queue.run(['card'], async () => 'yes');
    await expect(failed).rejects.toThrow('no');
    expect(await next).toBe('yes');
    expect(queue.size).toBe(0);
  });
});
