import { describe, expect, it } from 'vitest';
import { distributionOf, driftVerdict, psi } from './drift';
import { averagePrecision, qualityOf } from './quality';
import { fifthsOf } from './score-fifths';
import { leastFall, worstFall } from './worse';

describe('psi', () => {
  it('is what the formula gives by hand', () => {
    // Shares with half a payment a bin: .5/.5 then, (25.5/101, 75.5/101) now.
    const [a, b] = [25.5 / 101, 75.5 / 101];
    const byHand = (a - 0.5) * Math.log(a / 0.5) + (b - 0.5) * Math.log(b / 0.5);
    expect(psi([50, 50], [25, 75])).toBeCloseTo(byHand, 12);
    expect(psi([50, 50], [25, 75])).toBeCloseTo(0.269, 3);
    // Without the half payments it is .25 · ln 3 = .27465: what large counts come to.
    expect(psi([5e7, 5e7], [2.5e7, 7.5e7])).toBeCloseTo(0.25 * Math.log(3), 6);
    // .1 → .2, .3 → .3, .6 → .5: .1 · ln 2 + −.1 · ln(5/6) = .08755
    expect(psi([1e7, 3e7, 6e7], [2e7, 3e7, 5e7])).toBeCloseTo(0.087547, 5);
  });

  it('is 0 for equal shares, whatever their number, and grows both ways', () => {
    expect(psi([100_000, 300_000, 0], [1_000, 3_000, 0])).toBeCloseTo(0, 5);
    expect(psi([10, 20], [20, 10])!).toBeCloseTo(psi([20, 10], [10, 20])!, 12);
  });

  it('stays finite where a bin is empty on one side, and leaves out what is empty on both', () => {
    const appeared = psi([1_000, 0], [900, 100])!;
    expect(appeared).toBeGreaterThan(0.25);
    expect(appeared).toBeLessThan(2);
    expect(psi([50, 50, 0], [25, 75, 0])).toBe(psi([50, 50], [25, 75]));
  });

  it('says nothing of nothing', () => {
    expect(psi([0, 0], [1, 2])).toBeNull();
    expect(psi([1, 2], [0, 0])).toBeNull();
  });

  it.each([
    [null, 'too_little'],
    [0, 'stable'],
    [0.0999, 'stable'],
    [0.1, 'moderate'],
    [0.2499, 'moderate'],
    [0.25, 'significant'],
  ] as const)('%s is %s', (index, verdict) => expect(driftVerdict(index)).toBe(verdict));
});

describe('distributionOf', () => {
  it('has ten bins of equal counts, and the missing apart', () => {
    const column = Float32Array.from({ length: 1_050 }, (_, i) => (i < 1_000 ? (i * 7) % 1_000 : Number.NaN));
    const { cuts, counts } = distributionOf(column);
    expect(cuts).toEqual([99.5, 199.5, 299.5, 399.5, 499.5, 599.5, 699.5, 799.5, 899.5]);
    expect(counts).toEqual([...Array(10).fill(100), 50]);
  });

  it('keeps few values apart, a constant in one bin, and nothing but missing ones', () => {
    expect(distributionOf(Float32Array.of(0, 1, 1, 0, 1))).toEqual({ cuts: [0.5], counts: [2, 3, 0] });
    expect(distributionOf(Float32Array.of(4, 4))).toEqual({ cuts: [], counts: [2, 0] });
    expect(distributionOf(Float32Array.of(Number.NaN))).toEqual({ cuts: [], counts: [0, 1] });
  });
});

describe('figures of thinned out genuine payments', () => {
  it('are about those of all', () => {
    // Of every hundred scores two are frauds, high ones mostly; one genuine payment in four is looked at.
    const all = Array.from({ length: 40_000 }, (_, i) => {
      const fraud = i % 50 === 0 ? 1 : 0;
      return { fraud, score: fraud ? 0.3 + ((i / 50) % 70) / 100 : ((i * 37) % 1_000) / 1_400 };
    });
    const few = all.filter(({ fraud }, i) => fraud || i % 4 === 1);
    const judged = (of: typeof all, kept: number) =>
      qualityOf(
        of.map(({ score }) => score),
        of.map(({ fraud }) => fraud),
        0.5,
        kept,
      );
    const share = (few.length - 800) / (40_000 - 800);
    const [whole, part] = [judged(all, 1), judged(few, share)];
    expect(part.recall).toEqual(whole.recall);
    expect(part.aucRoc!.value).toBeCloseTo(whole.aucRoc!.value, 2);
    expect(part.averagePrecision!.value).toBeCloseTo(whole.averagePrecision!.value, 2);
    expect(part.precision!.value).toBeCloseTo(whole.precision!.value, 2);
    expect(part.precision!.high).toBeGreaterThan(whole.precision!.high);
    expect(part.logLoss).toBeCloseTo(whole.logLoss, 2);
    expect(Math.abs(part.falsePositives / whole.falsePositives - 1)).toBeLessThan(0.05);
    expect(averagePrecision([0.9, 0.5], [1, 0], 0.25)?.value).toBe(1);
  });
});

describe('a fall', () => {
  const figure = (value: number, low: number, high: number) => ({ value, low, high });

  it('is certain by what both intervals leave of it', () => {
    // .10 − √(.03² + .04²) = .05
    expect(leastFall(figure(0.9, 0.87, 0.92), figure(0.8, 0.75, 0.84))).toBeCloseTo(0.05, 12);
    expect(leastFall(figure(0.9, 0.87, 0.92), figure(0.88, 0.84, 0.91))).toBeLessThan(0);
    expect(leastFall(figure(0.8, 0.75, 0.84), figure(0.9, 0.87, 0.92))).toBeLessThan(0);
  });

  it('is told of the figure that fell most, and of none where nothing is known', () => {
    const then = { aucRoc: figure(0.9, 0.89, 0.91), recall: figure(0.8, 0.75, 0.84) };
    const now = { aucRoc: figure(0.89, 0.88, 0.9), recall: figure(0.5, 0.45, 0.55) };
    expect(worstFall(then, now)).toMatchObject({ figure: 'recall', after: now.recall });
    expect(worstFall(then, then)).toMatchObject({ least: 0 });
    expect(worstFall({ aucRoc: null, recall: then.recall }, { aucRoc: now.aucRoc, recall: null })).toBeNull();
  });
});

describe('fifths of the score', () => {
  it('are those of the reference for the same payments, and follow them', () => {
    const reference = [...Array(10).fill(100), 0];
    expect(fifthsOf(reference, reference)).toEqual(
      [0.2, 0.2, 0.2, 0.2, 0.2].map((x) => expect.closeTo(x, 9)),
    );
    expect(fifthsOf(reference, [0, 0, 0, 0, 0, 0, 0, 0, 0, 50, 7])).toEqual([0, 0, 0, 0, 1]);
    expect(fifthsOf(reference, [25, 0, 75, 0, 0, 0, 0, 0, 0, 0, 0])).toEqual([0.25, 0.75, 0, 0, 0]);
  });

  it('leave one empty where scores are equal, and say nothing of none', () => {
    expect(fifthsOf([90, 10, 0], [45, 5, 0])).toEqual([0, 0, 0.9, 0, 0.1]);
    expect(fifthsOf([0, 3], [0, 3])).toEqual([0, 0, 0, 0, 0]);
  });
});
