import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { generatePayment, seededRandom } from '@/domain/transactions/generated-payments';
import { entityKeys } from '@/domain/transactions/waves';
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
    const ledger = new Ledger(10, { recorded: 5, known: 0, rejected: 1, labels: 2 });
    ledger.end(12, 'recorded', true);
    ledger.end(11, 'rejected');
    expect([ledger.next, ledger.counts]).toEqual([10, { recorded: 5, known: 0, rejected: 1, labels: 2 }]);
    ledger.end(10, 'known');
    expect([ledger.next, ledger.counts]).toEqual([13, { recorded: 6, known: 1, rejected: 2, labels: 3 }]);
  });
});
