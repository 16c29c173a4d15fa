import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aucRoc, averagePrecision, cardPrecisionAt, qualityOf, share } from './quality';

describe('quality', () => {
  it('has the known figures of a known example', () => {
    const labels = [0, 0, 1, 1];
    const scores = [0.1, 0.4, 0.35, 0.8];
    expect(aucRoc(scores, labels)?.value).toBe(0.75);
    expect(averagePrecision(scores, labels)?.value).toBeCloseTo(0.8333333, 6);
    const quality = qualityOf(scores, labels, 0.4);
    expect(quality).toMatchObject({
      truePositives: 1,
      falsePositives: 1,
      trueNegatives: 1,
      falseNegatives: 1,
      f1: 0.5,
    });
    expect(quality.logLoss).toBeCloseTo(0.472288, 5);
  });

  it('gives the Wilson interval of a share', () => {
    const { value, low, high } = share(10, 100)!;
    expect([value, low, high].map((x) => Number(x.toFixed(4)))).toEqual([0.1, 0.0552, 0.1744]);
    expect(share(0, 0)).toBeNull();
    expect(share(0, 5)?.low).toBe(0);
    expect(share(5, 5)?.high).toBe(1);
  });

  it('has the area that counting every pair gives, ties half', () => {
    const rows = fc.array(fc.tuple(fc.integer({ min: 0, max: 5 }), fc.boolean()), { maxLength: 40 });
    fc.assert(
      fc.property(rows, (given) => {
        const scores = given.map(([score]) => score);
        const labels = given.map(([, fraud]) => Number(fraud));
        let [sum, pairs] = [0, 0];
        for (const [a, fraud] of given)
          for (const [b, other] of given)
            if (fraud && !other) {
              pairs += 1;
              sum += a > b ? 1 : a === b ? 0.5 : 0;
            }
        const auc = aucRoc(scores, labels);
        if (pairs === 0) {
          expect(auc).toBeNull();
          return;
        }
        expect(auc?.value).toBeCloseTo(sum / pairs, 10);
        expect(auc!.low).toBeLessThanOrEqual(auc!.value);
        expect(auc!.high).toBeGreaterThanOrEqual(auc!.value);
      }),
    );
  });

  it('says nothing where there is nothing to say', () => {
    expect(aucRoc([1, 2], [0, 0])).toBeNull();
    expect(averagePrecision([1], [0])).toBeNull();
    expect(qualityOf([], [], 0.5)).toMatchObject({ precision: null, recall: null, f1: null });
    expect(cardPrecisionAt(100, [])).toBeNull();
  });

  it('counts a customer once a day, and no more once caught', () => {
    const at = (day: number, user: string, score: number, fraud = false) => ({ day, user, score, fraud });
    const payments = [
      at(1, 'a', 0.9),
      at(1, 'a', 0.1, true),
      at(1, 'b', 0.8),
      at(1, 'c', 0.2, true),
      at(2, 'a', 1, true),
      at(2, 'b', 0.7),
      at(2, 'c', 0.6, true),
    ];
    // Day 1: a (caught) and b. Day 2: b and c, because a is known.
    expect(cardPrecisionAt(2, payments)).toBe(0.5);
  });
});
