import type { Sql } from 'postgres';
import type { ModelType } from '@/domain/models/input';
import { type LabelledRange, labelledPayments } from '@/domain/models/labelled-payments';
import { score } from '@/domain/models/model';
import { aucRoc, averagePrecision, cardPrecisionAt, type Judged } from '@/domain/models/quality';
import { SampleTable } from '@/domain/models/sample-table';
import { learn } from '@/domain/models/train';
import { features } from '@/domain/transactions/features';
import type { Split } from './splits';

export type Figures = { aucRoc: number; averagePrecision: number; cardPrecision100: number };

const dayMs = 86_400_000;

/** The payments of a range that are among `ids`; throws when some of them are not there or have no label. */
async function* among(sql: Sql, range: LabelledRange, ids: ReadonlySet<string>) {
  let found = 0;
  for await (const some of labelledPayments(sql, range))
    for (const payment of some)
      if (ids.has(payment.id)) {
        found += 1;
        yield payment;
      }
  if (found !== ids.size)
    throw new Error(`${ids.size - found} of ${ids.size} payments have no label or no features`);
}

/**
 * What a model of this kind reaches on one fold, by the book's protocol: learnt from seven days with the labels known
 * seven days after them, judged by the next seven. Features are those that were recorded when each payment was decided.
 */
export async function figuresOf(sql: Sql, split: Split, type: ModelType): Promise<Figures> {
  const start = Date.parse(`${split.trainStart}T00:00:00Z`);
  const day = (days: number) => new Date(start + days * dayMs).toISOString();
  const table = new SampleTable(
    features.map(({ field }) => field),
    400_000,
  );
  const trainDays = { from: day(0), to: day(7), knownBy: day(14), matureDays: null };
  for await (const { id, row, fraud } of among(sql, trainDays, split.train)) table.add(id, row, fraud);
  const named = { name: type, version: 'handbook' };
  const model = await learn({ type, seed: 1 }, table.samples(), table.share, named, async () => {});
  const judged: Judged[] = [];
  const assessDays = { from: day(14), to: day(21), knownBy: null, matureDays: null };
  for await (const { at, user, fraud, row } of among(sql, assessDays, split.assess))
    judged.push({
      day: Math.floor(Date.parse(at) / dayMs),
      user,
      // Probabilities are 32-bit numbers: the log-odds tell more payments apart.
      score: score(model, row).logOdds,
      fraud,
    });
  const scores = judged.map((payment) => payment.score);
  const labels = judged.map((payment) => Number(payment.fraud));
  return {
    aucRoc: aucRoc(scores, labels)?.value ?? Number.NaN,
    averagePrecision: averagePrecision(scores, labels)?.value ?? Number.NaN,
    cardPrecision100: cardPrecisionAt(100, judged) ?? Number.NaN,
  };
}

export const meanOf = (of: readonly Figures[]): Figures => {
  const mean = (key: keyof Figures) => of.reduce((sum, figures) => sum + figures[key], 0) / of.length;
  return {
    aucRoc: mean('aucRoc'),
    averagePrecision: mean('averagePrecision'),
    cardPrecision100: mean('cardPrecision100'),
  };
};
