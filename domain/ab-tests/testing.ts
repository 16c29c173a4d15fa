import type { Sql } from 'postgres';
import type { TreesModel } from '@/domain/models/trees';

/** A model of one split: a payment of `limit` or more has the probability `above`, any other `below`. */
export function splitModel(name: string, limit: number, above: number, below: number): TreesModel {
  const logOdds = (p: number) => Math.log(p / (1 - p));
  return {
    kind: 'trees',
    name,
    version: '1',
    source: 'test',
    intercept: 0,
    inputs: [{ field: 'payment.amount' }],
    trees: [
      {
        feature: [0, 0, 0],
        threshold: [limit, 0, 0],
        missingLeft: [true, false, false],
        left: [1, -1, -1],
        right: [2, -1, -1],
        value: [0, logOdds(below), logOdds(above)],
      },
    ],
  };
}

/** Puts a model into the registry, as a candidate or as the champion. */
export async function registered(sql: Sql, model: TreesModel, champion = false): Promise<TreesModel> {
  await sql`insert into models (model_name, model_version, model_type, parameters, created_by, is_champion)
    values (${model.name}, ${model.version}, 'trees', ${JSON.stringify(model)}::text::jsonb, 'test', ${champion})`;
  return model;
}
