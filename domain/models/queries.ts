import { type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import { decodeCursor, encodeCursor, type Page } from '@/domain/cursor';
import { AppError } from '@/domain/errors';
import { noInput, query } from '@/domain/operation';
import {
  type ExperimentState,
  featureInput,
  getModelInput,
  listExperimentsInput,
  type TrainingPlan,
} from './input';
import { iso, type ModelQuality, number, storedQuality } from './performance';
import { shippedModel } from './shipped';
import { championDrift, championQuality, featureDrift } from './watch';

export type ModelRow = {
  name: string;
  version: string;
  /** `logistic` or `trees`. */
  type: string;
  champion: boolean;
  /** Comes with the product and has no row of its own. */
  shipped: boolean;
  createdAt: string | null;
  createdByName: string | null;
  /** Of its newest window; null for a model that was never judged here. */
  quality: ModelQuality | null;
};

export type ModelDetail = ModelRow & {
  source: string;
  inputs: number;
  trees: number | null;
  experiment: {
    id: number;
    plan: TrainingPlan | null;
    payments: number | null;
    frauds: number | null;
  } | null;
  /** The greatest first; shares of all that contributions moved. */
  importance: { field: string; share: number }[];
};

export type ExperimentRow = {
  id: number;
  name: string;
  type: string;
  status: ExperimentState;
  progress: number;
  /** What it is at (`reading`, `learning`, `judging`), or why it failed. */
  message: string | null;
  createdByName: string;
  createdAt: string;
  endedAt: string | null;
  trainingMs: number | null;
  plan: TrainingPlan | null;
  model: { name: string; version: string } | null;
  aucRoc: number | null;
  averagePrecision: number | null;
};

const modelRow = (row: Record<string, unknown>): ModelRow => ({
  name: String(row.model_name),
  version: String(row.model_version),
  type: String(row.model_type),
  champion: row.is_champion === true,
  shipped: false,
  createdAt: iso(row.created_at),
  createdByName: String(row.created_by_name),
  quality: storedQuality(row),
});

const shippedRow = (champion: boolean): ModelRow => ({
  name: shippedModel.name,
  version: shippedModel.version,
  type: 'logistic',
  champion,
  shipped: true,
  createdAt: null,
  createdByName: null,
  quality: null,
});

const modelColumns = sql`m.model_name, m.model_version, m.model_type, m.is_champion, m.created_at,
  coalesce(u.name, m.created_by) as created_by_name, p.window_start, p.window_end, p.sample_size, p.true_positives,
  p.false_negatives, p.threshold, p.auc_roc, p.average_precision, p.precision, p.recall, p.f1_score, p.log_loss, p.intervals`;
const modelTables = sql`models m left join console_users u on u.id::text = m.created_by
  left join lateral (select * from ml_model_performance p where p.model_name = m.model_name
    and p.model_version = m.model_version and p.source = 'training' order by p.window_end desc limit 1) p on true`;

/** The registry: the champion first, then the newest 100, and the model that comes with the product. */
export const listModels = query({
  name: 'model.list',
  can: 'model:read',
  input: noInput,
  live: true,
  run: async ({ db }): Promise<ModelRow[]> => {
    const rows = await db.execute<Record<string, unknown>>(sql`select ${modelColumns} from ${modelTables}
      order by m.is_champion desc, m.id desc limit 100`);
    const listed = rows.map(modelRow);
    const shipped = shippedRow(listed[0]?.champion !== true);
    return shipped.champion ? [shipped, ...listed] : [...listed, shipped];
  },
});

const shippedDetail = async (champion: boolean): Promise<ModelDetail> => ({
  ...shippedRow(champion),
  source: shippedModel.source,
  inputs: shippedModel.inputs.length,
  trees: null,
  experiment: null,
  importance: [],
});

/**
 * One model with what it was trained on and what mattered to it.
 * @throws AppError('not_found')
 */
export const getModel = query({
  name: 'model.get',
  can: 'model:read',
  input: getModelInput,
  live: true,
  run: async ({ db, input: { name, version } }): Promise<ModelDetail> => {
    if (name === shippedModel.name && version === shippedModel.version) {
      const [champion] = await db.execute(sql`select 1 from models where is_champion`);
      return shippedDetail(!champion);
    }
    const [row] = await db.execute<Record<string, unknown>>(sql`
      select ${modelColumns}, m.parameters ->> 'source' as source, jsonb_array_length(m.parameters -> 'inputs') as inputs,
        jsonb_array_length(m.parameters -> 'trees') as trees, e.id as experiment, e.hyperparameters, e.validation_metrics,
        (select coalesce(jsonb_agg(jsonb_build_object('field', i.feature_name, 'share', i.importance_score)
            order by i.importance_rank), '[]')
          from (select * from feature_importance i where i.model_name = m.model_name and i.model_version = m.model_version
            order by i.importance_rank limit 100) i) as importance
      from ${modelTables}
      left join lateral (select * from model_experiments e where e.model_name = m.model_name
        and e.model_version = m.model_version order by e.id desc limit 1) e on true
      where m.model_name = ${name} and m.model_version = ${version}`);
    if (!row) throw new AppError('not_found', { detail: 'model' });
    const trainedOn = ((row.validation_metrics ?? {}) as Record<string, Record<string, unknown>>).trainedOn;
    return {
      ...modelRow(row),
      source: String(row.source ?? ''),
      inputs: Number(row.inputs ?? 0),
      trees: number(row.trees),
      experiment:
        row.experiment === null
          ? null
          : {
              id: Number(row.experiment),
              plan: (row.hyperparameters ?? null) as TrainingPlan | null,
              payments: number(trainedOn?.payments),
              frauds: number(trainedOn?.frauds),
            },
      importance: (row.importance as { field: string; share: number | string }[]).map(({ field, share }) => ({
        field,
        share: Number(share),
      })),
    };
  },
});

/** How far features and scores lay from the champion's reference; see watch.ts. */
export const getDrift = query({
  name: 'model.drift',
  can: 'model:read',
  input: noInput,
  live: true,
  run: ({ db }) => championDrift(db),
});

/** The bins of one feature, then and now; see watch.ts. */
export const getFeatureDrift = query({
  name: 'model.drift-feature',
  can: 'model:read',
  input: featureInput,
  live: true,
  run: ({ db, input }) => featureDrift(db, input.feature),
});

/** How good the champion was over time, and whether it got worse; see watch.ts. */
export const getQuality = query({
  name: 'model.quality',
  can: 'model:read',
  input: noInput,
  live: true,
  run: ({ db }) => championQuality(db),
});

const experimentRow = (row: Record<string, unknown>): ExperimentRow => ({
  id: Number(row.id),
  name: String(row.experiment_name),
  type: String(row.model_type),
  status: row.status as ExperimentState,
  progress: Number(row.progress),
  message: (row.message ?? null) as string | null,
  createdByName: String(row.created_by_name),
  createdAt: iso(row.created_at) as string,
  endedAt: iso(row.ended_at),
  trainingMs: number(row.training_ms),
  plan: (row.hyperparameters ?? null) as TrainingPlan | null,
  model:
    row.model_name === null ? null : { name: String(row.model_name), version: String(row.model_version) },
  aucRoc: number(row.auc_roc),
  averagePrecision: number(row.average_precision),
});

/** Training runs, newest first: how far they are, how they ended and what came of them. */
export const listExperiments = query({
  name: 'experiment.list',
  can: 'model:read',
  input: listExperimentsInput,
  live: true,
  run: async ({ db, input }): Promise<Page<ExperimentRow>> => {
    const before = input.cursor ? decodeCursor(z.tuple([z.number().int()]), input.cursor)[0] : null;
    const where: SQL = before === null ? sql`true` : sql`e.id < ${before}::bigint`;
    const rows = await db.execute<Record<string, unknown>>(sql`
      select e.id, e.experiment_name, e.model_type, e.status, e.progress, e.message, e.created_at, e.ended_at, e.training_ms,
        e.hyperparameters, e.model_name, e.model_version, coalesce(u.name, e.created_by) as created_by_name,
        e.validation_metrics -> 'aucRoc' -> 'value' as auc_roc,
        e.validation_metrics -> 'averagePrecision' -> 'value' as average_precision
      from model_experiments e left join console_users u on u.id::text = e.created_by
      where ${where} order by e.id desc limit ${input.limit + 1}`);
    const page = rows.slice(0, input.limit).map(experimentRow);
    const last = page.at(-1);
    return { rows: page, next: rows.length > input.limit && last ? encodeCursor([last.id]) : null };
  },
});
