import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { generatePayment, seededRandom } from '@/domain/transactions/generated-payments';
import { entityKeys } from '@/domain/transactions/waves';
import { DueLabels } from './due-labels';
import { Ledger } from './ledger';
import { Window } from './window';

const world = { prefix: '', users: 12, merchants: 9, devices: 12, addresses: 9, network: 1 };

describe('the window of an import', () => {
  it('never begins a payment before what it shares something with is over', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 20 }), (seed, most) => {
        const random = seededRandom(seed);
        const items = Array.from({ length: 80 }, (_, row) => ({
          row,
          payment: generatePayment(world, `t${row % 70}`, new Date(0), random),
        }));
        const keys = items.map(({ payment }) => new Set(entityKeys(payment)));
        const before = items.map(({ payment }, row) =>
          keys
            .slice(0, row)
            .flatMap((of, earlier) => (entityKeys(payment).some((key) => of.has(key)) ? earlier : [])),
        );
        const window = new Window<(typeof items)[number]>();
        let added = 0;
        const over = new Set<number>();
        const atWork: (typeof items)[] = [];
        while (over.size < items.length) {
          while (added < items.length && window.size < 40) window.add(items[added++]!);
          const wave = window.take(most);
          for (const { row } of wave)
            expect(before[row]!.filter((earlier) => !over.has(earlier))).toEqual([]);
          expect(wave.length).toBeLessThanOrEqual(most);
          if (wave.length > 0) atWork.push(wave);
          else expect(atWork.length).toBeGreaterThan(0);
          if (wave.length > 0 && random() < 0.5 && atWork.length < 3) continue;
          const ended = atWork.splice(Math.floor(random() * atWork.length), 1)[0]!;
          window.release(ended);
          for (const { row } of ended) over.add(row);
        }
        expect(window.size).toBe(0);
      }),
      { numRuns: 20 },
    );
  });
});

describe('the ledger of an import', () => {
  it('goes on as far as every row has ended, and counts those', () => {
    const ledger = new Ledger(10, { recorded: 5, known: 0, rejected: 1 });
    ledger.end(12, 'recorded');
    ledger.end(11, 'rejected');
    expect([ledger.next, ledger.counts]).toEqual([10, { recorded: 5, known: 0, rejected: 1 }]);
    ledger.end(10, 'known');
    expect([ledger.next, ledger.counts]).toEqual([13, { recorded: 6, known: 1, rejected: 2 }]);
  });
});

describe('labels that become known', () => {
  const label = (row: number, knownMs: number, payment: 'open' | 'recorded' | 'none' = 'recorded') => ({
    row,
    transactionId: `t${row}`,
    merchantId: 'm',
    at: new Date(0).toISOString(),
    knownMs,
    isFraud: true,
    payment,
  });

  it('come when it is time and their payment is there, once', () => {
    const labels = new DueLabels();
    const early = label(0, 5, 'open');
    for (const one of [early, label(1, 5), label(2, 6, 'none'), label(3, 9)]) labels.add(one);
    expect(labels.take(4)).toEqual([]);
    expect(labels.take(7).map(({ row }) => row)).toEqual([1]);
    expect(labels.firstRow).toBe(0);
    early.payment = 'recorded';
    expect(labels.take(7).map(({ row }) => row)).toEqual([0]);
    expect(labels.firstRow).toBe(3);
    expect(labels.take(Number.POSITIVE_INFINITY).map(({ row }) => row)).toEqual([3]);
    expect(labels.firstRow).toBeNull();
    expect(labels.take(Number.POSITIVE_INFINITY)).toEqual([]);
  });

  it('come in the order in which they become known, whichever payment was first, and tell the first that waits', () => {
    const days = fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(days, (delays) => {
        const labels = new DueLabels();
        const made = delays.map((delay, row) => label(row, row + delay));
        const taken: number[] = [];
        for (let now = 0; now < made.length + 31; now += 1) {
          const given = made[now];
          if (given) labels.add(given);
          const due = labels.take(now);
          expect(due).toEqual(
            made.filter(({ knownMs }) => knownMs === now).sort((one, other) => one.row - other.row),
          );
          taken.push(...due.map(({ row }) => row));
          const waiting = made.slice(0, now + 1).filter(({ row }) => !taken.includes(row));
          expect(labels.firstRow).toBe(waiting[0]?.row ?? null);
        }
        expect(taken).toHaveLength(made.length);
      }),
      { numRuns: 50 },
    );
  });
});
