import { createHash } from 'node:crypto';
import type { Sql } from 'postgres';
import { features } from '@/domain/transactions/features';
import type { TrainingPlan } from './input';
import { type LabelledPayment, labelledPayments } from './labelled-payments';
import { checkModel, type Model, score } from './model';
import { cardPrecisionAt, type Judged, type Quality, qualityOf } from './quality';
import { SampleTable } from './sample-table';
import type { Samples } from './samples';
import { logisticDefaults, trainLogistic } from './train-logistic';
import { trainTrees, treesDefaults } from './train-trees';

/** What a run is at; `share` of the whole, 0 … 1. */
export type TrainingStep = 'reading' | 'learning' | 'judging';
export type Report = (step: TrainingStep, share: number) => Promise<void>;

export type Trained = {
  model: Model;
  quality: Quality & { cardPrecision100: number | null };
  /** Mean size of each input's contribution over the judged payments, as shares of all. */
  importance: { field: string; share: number }[];
  /** SHA-256 over ids and labels learnt from, in order. */
  dataHash: string;
  trainedOn: { payments: number; frauds: number; kept: number };
  trainingMs: number;
};

/** Greatest number of payments in memory; more genuine ones are thinned out. */
const mostRows = 400_000;
const dayMs = 86_400_000;

type Learnt = { samples: Samples; share: number; dataHash: string; payments: number; frauds: number };

async function gather(
  plan: TrainingPlan,
  payments: AsyncIterable<LabelledPayment[]>,
  report: Report,
): Promise<Learnt> {
  const table = new SampleTable(
    features.map(({ field }) => field),
    mostRows,
  );
  const hash = createHash('sha256');
  const from = Date.parse(plan.trainFrom);
  const length = Date.parse(plan.trainTo) - from;
  let seen = 0;
  for await (const some of payments) {
    for (const { id, row, fraud } of some) {
      table.add(id, row, fraud);
      hash.update(`${id}\n${fraud ? 1 : 0}\n`);
    }
    seen += some.length;
    const last = some.at(-1);
    if (last) await report('reading', 0.3 * Math.min(1, (Date.parse(last.at) - from) / length));
  }
  const { share, frauds } = table;
  return { samples: table.samples(), share, dataHash: hash.digest('hex'), payments: seen, frauds };
}

/** A model of the plan's kind; what thinning out did to its base rate is taken back. */
export async function learn(
  plan: Pick<TrainingPlan, 'type' | 'seed'>,
  samples: Samples,
  share: number,
  named: { name: string; version: string },
  onStep: (done: number) => Promise<void>,
): Promise<Model> {
  const about = { ...named, source: 'training' };
  const shift = Math.log(share);
  if (plan.type === 'logistic') {
    const fit = await trainLogistic(samples, logisticDefaults, onStep);
    return checkModel({ ...about, ...fit, intercept: fit.intercept + shift });
  }
  const fit = await trainTrees(samples, { ...treesDefaults, seed: plan.seed }, onStep);
  return checkModel({ ...about, ...fit, intercept: fit.intercept + shift });
}

async function judge(
  model: Model,
  plan: TrainingPlan,
  payments: AsyncIterable<LabelledPayment[]>,
  report: Report,
): Promise<Pick<Trained, 'quality' | 'importance'>> {
  const judged: Judged[] = [];
  const sizes = new Float64Array(model.inputs.length);
  const from = Date.parse(plan.assessFrom);
  const length = Date.parse(plan.assessTo) - from;
  for await (const some of payments) {
    for (const { at, user, fraud, row } of some) {
      const { probability, contributions } = score(model, row);
      judged.push({ day: Math.floor(Date.parse(at) / dayMs), user, score: probability, fraud });
      contributions.forEach((c, i) => {
        sizes[i]! += Math.abs(c);
      });
    }
    const last = some.at(-1);
    if (last) await report('judging', 0.8 + 0.2 * Math.min(1, (Date.parse(last.at) - from) / length));
  }
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const quality = qualityOf(
    judged.map((payment) => payment.score),
    judged.map((payment) => Number(payment.fraud)),
    plan.threshold,
  );
  return {
    quality: { ...quality, cardPrecision100: cardPrecisionAt(100, judged) },
    importance: model.inputs
      .map(({ field }, i) => ({ field, share: total > 0 ? sizes[i]! / total : 0 }))
      .sort((a, b) => b.share - a.share),
  };
}

/**
 * Trains a model on recorded features and the labels known at the start of the judged payments, and judges it by those.
 * Reads in batches; the same rows and plan give the same model.
 * @throws RangeError when there are not both frauds and genuine payments to learn from
 */
export async function train(
  sql: Sql,
  plan: TrainingPlan,
  named: { name: string; version: string },
  report: Report,
): Promise<Trained> {
  const startedMs = performance.now();
  const { matureDays } = plan;
  const learnt = await gather(
    plan,
    labelledPayments(sql, { from: plan.trainFrom, to: plan.trainTo, knownBy: plan.assessFrom, matureDays }),
    report,
  );
  const model = await learn(plan, learnt.samples, learnt.share, named, async (done) => {
    await report('learning', 0.3 + 0.5 * done);
  });
  const judged = await judge(
    model,
    plan,
    labelledPayments(sql, { from: plan.assessFrom, to: plan.assessTo, knownBy: null, matureDays }),
    report,
  );
  return {
    model,
    ...judged,
    dataHash: learnt.dataHash,
    trainedOn: { payments: learnt.payments, frauds: learnt.frauds, kept: learnt.samples.labels.length },
    trainingMs: Math.round(performance.now() - startedMs),
  };
}
