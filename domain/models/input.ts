import { z } from 'zod';
import { cursorInput } from '@/domain/cursor';

export const modelTypes = ['trees', 'logistic'] as const;
export type ModelType = (typeof modelTypes)[number];

export const experimentStates = ['WAITING', 'RUNNING', 'DONE', 'FAILED', 'CANCELLED'] as const;
export type ExperimentState = (typeof experimentStates)[number];

const moment = z.iso.datetime({ offset: true });
const days = (most: number) => z.number().int().min(1).max(most);
export const name = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .regex(/^[\w .-]+$/);
export const reason = z.string().trim().min(3).max(500);
export const id = z.number().int().positive().max(2_147_483_647);

/** What a training run learns from and is judged by; kept as `model_experiments.hyperparameters`. */
export const trainingPlan = z
  .strictObject({
    type: z.enum(modelTypes),
    seed: z.number().int().min(0).max(2_147_483_647),
    /** Payments of [trainFrom, trainTo) are learnt from, with the labels known at assessFrom. */
    trainFrom: moment,
    trainTo: moment,
    /** Payments of [assessFrom, assessTo) judge the model, with the labels known now. */
    assessFrom: moment,
    assessTo: moment,
    /** A payment that still has no label so many days later is taken as genuine; null leaves it out. */
    matureDays: z.number().int().min(1).max(365).nullable(),
    /** A probability from which on a payment counts as flagged. */
    threshold: z.number().gt(0).lt(1),
  })
  .refine((plan) => Date.parse(plan.trainFrom) < Date.parse(plan.trainTo), {
    path: ['trainTo'],
    message: 'before_start',
  })
  .refine((plan) => Date.parse(plan.trainTo) <= Date.parse(plan.assessFrom), {
    path: ['assessFrom'],
    message: 'before_start',
  })
  .refine((plan) => Date.parse(plan.assessFrom) < Date.parse(plan.assessTo), {
    path: ['assessTo'],
    message: 'before_start',
  });
export type TrainingPlan = z.output<typeof trainingPlan>;

export const startTrainingInput = z.strictObject({
  name,
  type: z.enum(modelTypes),
  seed: z.number().int().min(0).max(2_147_483_647).default(1),
  trainDays: days(366),
  /** Days left out between learning and judging, in which labels become known. */
  gapDays: z.number().int().min(0).max(180),
  assessDays: days(90),
  matureDays: z.number().int().min(1).max(365).nullable(),
});
export const experimentInput = z.strictObject({ id });
export const listExperimentsInput = z.strictObject({
  cursor: cursorInput,
  limit: z.number().int().min(1).max(100).default(50),
});

export const version = z
  .string()
  .trim()
  .min(1)
  .max(20)
  .regex(/^[\w .-]+$/);
export const getModelInput = z.strictObject({ name, version });
export const featureInput = z.strictObject({ feature: z.string().regex(/^[a-z0-9_.]{1,100}$/) });
export const promoteModelInput = z.strictObject({ name, version, reason });
export const loadModelInput = z.strictObject({ name, version, model: z.unknown() });

const estimate = z.strictObject({ value: z.number(), low: z.number(), high: z.number() }).nullable();
const count = z.number().int().min(0);
export const registerModelInput = z.strictObject({
  experiment: id,
  plan: trainingPlan,
  model: z.unknown(),
  quality: z.strictObject({
    threshold: z.number(),
    truePositives: count,
    falsePositives: count,
    trueNegatives: count,
    falseNegatives: count,
    precision: estimate,
    recall: estimate,
    f1: z.number().nullable(),
    aucRoc: estimate,
    averagePrecision: estimate,
    logLoss: z.number(),
    cardPrecision100: z.number().nullable(),
  }),
  importance: z
    .array(z.strictObject({ field: z.string().max(100), share: z.number().min(0).max(1) }))
    .max(500),
  dataHash: z.string().length(64),
  trainedOn: z.strictObject({ payments: count, frauds: count, kept: count }),
  trainingMs: count,
});
