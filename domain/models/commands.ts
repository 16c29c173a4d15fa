import { sql } from 'drizzle-orm';
import type { z } from 'zod';
import type { Tx } from '@/db/client';
import { actorId } from '@/domain/actor';
import { AppError } from '@/domain/errors';
import { command } from '@/domain/operation';
import { readSetting } from '@/domain/settings/read';
import {
  experimentInput,
  loadModelInput,
  promoteModelInput,
  registerModelInput,
  startTrainingInput,
  type TrainingPlan,
  trainingPlan,
} from './input';
import { checkModel, type Model, modelType } from './model';
import { shippedModel } from './shipped';
import { fromXgboost } from './xgboost';

const topics = ['models'] as const;
const dayMs = 86_400_000;
const resource = (name: string, version: string) => `${name} ${version}`;

/**
 * Asks for a training run; a worker begins it within two seconds. Judged are the last full days, learnt from is what
 * lies before them and the gap in which labels become known.
 * @throws AppError('conflict', experiment.open) while another waits or runs
 */
export const startTraining = command({
  name: 'experiment:start',
  can: 'experiment:start',
  input: startTrainingInput,
  topics,
  run: async ({ tx, actor, input }) => {
    await tx.execute(sql`select pg_advisory_xact_lock(hashtext('experiment:start'))`);
    const [open] = await tx.execute(
      sql`select 1 from model_experiments where status in ('WAITING', 'RUNNING') limit 1`,
    );
    if (open) throw new AppError('conflict', { detail: 'experiment.open' });
    const [clock] = await tx.execute<{ now: string }>(sql`select extract(epoch from now())::text as now`);
    const end = Number(clock!.now) * 1000;
    const assessFrom = end - input.assessDays * dayMs;
    const trainTo = assessFrom - input.gapDays * dayMs;
    const at = (ms: number) => new Date(ms).toISOString();
    const plan: TrainingPlan = trainingPlan.parse({
      type: input.type,
      seed: input.seed,
      trainFrom: at(trainTo - input.trainDays * dayMs),
      trainTo: at(trainTo),
      assessFrom: at(assessFrom),
      assessTo: at(end),
      matureDays: input.matureDays,
      threshold: await readSetting(tx, 'decision.review_at'),
    });
    const [row] = await tx.execute<{ id: number }>(sql`
      insert into model_experiments (experiment_name, model_type, hyperparameters, created_by, status)
      values (${input.name}, ${input.type}, ${JSON.stringify(plan)}::jsonb, ${actorId(actor)}, 'WAITING') returning id`);
    const id = Number(row!.id);
    return {
      value: { id },
      audit: { resourceType: 'experiment', resourceId: id, after: { name: input.name, ...plan } },
    };
  },
});

/**
 * Ends a training run that waits or is under way; the process at it notices within two seconds and keeps nothing.
 * @throws AppError('conflict', experiment.ended)
 */
export const cancelTraining = command({
  name: 'experiment:cancel',
  can: 'experiment:cancel',
  input: experimentInput,
  topics,
  run: async ({ tx, input }) => {
    const [row] = await tx.execute<{ was: string }>(sql`
      update model_experiments e set status = 'CANCELLED', ended_at = now()
      from (select id, status from model_experiments where id = ${input.id} for update) o
      where e.id = o.id and o.status in ('WAITING', 'RUNNING') returning o.status as was`);
    if (!row) throw new AppError('conflict', { detail: 'experiment.ended' });
    return {
      value: { id: input.id },
      audit: {
        resourceType: 'experiment',
        resourceId: input.id,
        before: { status: row.was },
        after: { status: 'CANCELLED' },
      },
    };
  },
});

const insertModel = async (tx: Tx, model: Model, by: string): Promise<void> => {
  const rows = await tx.execute(sql`
    insert into models (model_name, model_version, model_type, parameters, created_by)
    values (${model.name}, ${model.version}, ${modelType(model)}, ${JSON.stringify(model)}::jsonb, ${by})
    on conflict (model_name, model_version) do nothing returning id`);
  if (rows.length === 0 || (model.name === shippedModel.name && model.version === shippedModel.version))
    throw new AppError('conflict', { detail: 'model.exists' });
};

const unreadable = (error: unknown): AppError => {
  const why = error instanceof RangeError ? error.message : 'not a model of binary:logistic trees';
  return new AppError('invalid', { field: 'model', detail: 'model.invalid', values: { why } });
};

/** A stored model as one that can decide. @throws AppError('invalid', model.invalid) */
export const checked = (model: unknown): Model => {
  try {
    return checkModel(model as Model);
  } catch (error) {
    throw unreadable(error);
  }
};

type Registered = z.output<typeof registerModelInput>;

const recordQuality = async (tx: Tx, model: Model, { plan, quality: q }: Registered): Promise<void> => {
  const interval = (of: { low: number; high: number } | null) => of && [of.low, of.high];
  const intervals = JSON.stringify({
    precision: interval(q.precision),
    recall: interval(q.recall),
    aucRoc: interval(q.aucRoc),
    averagePrecision: interval(q.averagePrecision),
  });
  await tx.execute(sql`
    insert into ml_model_performance (model_name, model_version, window_start, window_end, true_positives,
      false_positives, true_negatives, false_negatives, precision, recall, f1_score, auc_roc, average_precision,
      threshold, log_loss, intervals, sample_size)
    values (${model.name}, ${model.version}, ${plan.assessFrom}, ${plan.assessTo}, ${q.truePositives},
      ${q.falsePositives}, ${q.trueNegatives}, ${q.falseNegatives}, ${q.precision?.value ?? null},
      ${q.recall?.value ?? null}, ${q.f1}, ${q.aucRoc?.value ?? null}, ${q.averagePrecision?.value ?? null},
      ${q.threshold}, ${q.logLoss}, ${intervals}::jsonb,
      ${q.truePositives + q.falsePositives + q.trueNegatives + q.falseNegatives})`);
};

/** Writes down what a training run came to: the model as a candidate, its figures and what mattered to it. */
export const registerModel = command({
  name: 'model:register',
  can: 'model:register',
  input: registerModelInput,
  topics,
  run: async ({ tx, input }) => {
    const model = checked(input.model);
    const metrics = { ...input.quality, trainedOn: input.trainedOn };
    const [row] = await tx.execute<{ created_by: string }>(sql`
      update model_experiments set status = 'DONE', progress = 1, message = null, ended_at = now(),
        training_data_hash = ${input.dataHash}, validation_metrics = ${JSON.stringify(metrics)}::jsonb,
        training_ms = ${input.trainingMs}, training_duration_minutes = ${Math.round(input.trainingMs / 60_000)},
        model_name = ${model.name}, model_version = ${model.version}
      where id = ${input.experiment} and status = 'RUNNING' returning created_by`);
    if (!row) throw new AppError('conflict', { detail: 'experiment.ended' });
    await insertModel(tx, model, row.created_by);
    await recordQuality(tx, model, input);
    await tx.execute(sql`
      insert into feature_importance (model_name, model_version, feature_name, importance_score, importance_rank, calculation_method)
      select ${model.name}, ${model.version}, i.field, i.share, i.ordinality, 'mean_contribution'
      from rows from (jsonb_to_recordset(${JSON.stringify(input.importance)}::jsonb) as (field varchar, share numeric))
        with ordinality as i(field, share, ordinality)`);
    return {
      value: { name: model.name, version: model.version },
      audit: {
        resourceType: 'model',
        resourceId: resource(model.name, model.version),
        after: {
          experiment: input.experiment,
          type: modelType(model),
          aucRoc: input.quality.aucRoc?.value ?? null,
          averagePrecision: input.quality.averagePrecision?.value ?? null,
        },
      },
    };
  },
});

/** Takes a model that XGBoost saved as JSON, or one of Vigil's own, as a candidate. */
export const loadModel = command({
  name: 'model:load',
  can: 'model:load',
  input: loadModelInput,
  topics,
  run: async ({ tx, actor, input: { name, version, model: file } }) => {
    const isXgboost = typeof file === 'object' && file !== null && 'learner' in file;
    let model: Model;
    try {
      model = isXgboost
        ? fromXgboost(file, name, version)
        : checkModel({ ...(file as Model), name, version });
    } catch (error) {
      throw unreadable(error);
    }
    await insertModel(tx, model, actorId(actor));
    return {
      value: { name, version },
      audit: {
        resourceType: 'model',
        resourceId: resource(name, version),
        after: { type: modelType(model), source: model.source, inputs: model.inputs.length },
      },
    };
  },
});

/** Until the transaction ends, nobody else changes who decides. */
export const lockChampion = (tx: Tx) =>
  tx.execute(sql`select pg_advisory_xact_lock(hashtext('model:promote'))`);

/**
 * Makes a model the champion: it scores every payment from then on, in every process, without a restart. The shipped
 * model is named as it stands in answers (`vigil-logistic` 1).
 * @throws AppError('not_found') for a model that is not there, AppError('conflict', model.champion) for the one that is,
 *   AppError('conflict', model.tested) while an A/B test runs: its arms would be others
 */
export const promoteModel = command({
  name: 'model:promote',
  can: 'model:promote',
  input: promoteModelInput,
  topics: [...topics, 'config'],
  run: async ({ tx, input: { name, version, reason } }) => {
    await lockChampion(tx);
    const [tested] = await tx.execute(sql`select 1 from model_ab_tests where status = 'ACTIVE'`);
    if (tested) throw new AppError('conflict', { detail: 'model.tested' });
    const [was] = await tx.execute<{ name: string; version: string }>(
      sql`update models set is_champion = false where is_champion returning model_name as name, model_version as version`,
    );
    const before = was ?? { name: shippedModel.name, version: shippedModel.version };
    if (before.name === name && before.version === version)
      throw new AppError('conflict', { detail: 'model.champion' });
    const shipped = name === shippedModel.name && version === shippedModel.version;
    const [row] = shipped
      ? []
      : await tx.execute<{ parameters: string }>(sql`
          update models set is_champion = true where model_name = ${name} and model_version = ${version}
          returning parameters::text as parameters`);
    if (!shipped && !row) throw new AppError('not_found', { detail: 'model' });
    if (row) checked(JSON.parse(row.parameters));
    await tx.execute(sql`insert into model_references (model_name, model_version, promoted_at)
      values (${name}, ${version}, now())
      on conflict (model_name, model_version) do update set promoted_at = excluded.promoted_at`);
    return {
      value: { name, version },
      audit: {
        resourceType: 'model',
        resourceId: resource(name, version),
        before: { champion: resource(before.name, before.version) },
        after: { champion: resource(name, version) },
        reason,
      },
    };
  },
});
