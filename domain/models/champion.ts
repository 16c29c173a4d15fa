import type { Sql, TransactionSql } from 'postgres';
import { features } from '@/domain/transactions/features';
import type { TrainingPlan } from './input';
import { checkModel, type Model } from './model';
import { shippedModel } from './shipped';

/** The model that scores payments now, with what is known about how it came to be. */
export type Champion = {
  model: Model;
  /** Its inputs that are kept of every payment: field and column. What only says which day it is cannot drift. */
  inputs: readonly { field: string; column: string; windowSeconds: number; boolean: boolean }[];
  /** Null for a model that was not trained here. */
  plan: TrainingPlan | null;
  promotedAt: Date | null;
};

const calendarFields = new Set(['payment.weekend']);

/** Reads the champion; without one in the registry it is the model that comes with the product. */
export async function readChampion(sql: Sql | TransactionSql): Promise<Champion> {
  const [row] = await sql`select parameters::text as parameters from models where is_champion`;
  const model = row ? checkModel(JSON.parse(String(row.parameters)) as Model) : shippedModel;
  const [known] = await sql`select
    (select hyperparameters::text from model_experiments where model_name = ${model.name} and model_version = ${model.version}
      order by id desc limit 1) as plan,
    (select promoted_at::text from model_references
      where model_name = ${model.name} and model_version = ${model.version}) as promoted_at`;
  const wanted = new Set(
    model.inputs.map(({ field }) => field).filter((field) => !calendarFields.has(field)),
  );
  return {
    model,
    inputs: features
      .filter(({ field }) => wanted.has(field))
      .map(({ field, column, windowSeconds, kind }) => ({
        field,
        column,
        windowSeconds: windowSeconds ?? 0,
        boolean: kind === 'boolean',
      })),
    plan: known?.plan ? (JSON.parse(String(known.plan)) as TrainingPlan) : null,
    promotedAt: known?.promoted_at ? new Date(String(known.promoted_at)) : null,
  };
}
