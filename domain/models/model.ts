import { checkModel as checkLogistic, type LogisticModel, type Prediction, predict } from './logistic';
import { checkTrees, predictTrees, type TreesModel } from './trees';

/** A model that can decide. What is stored without a kind is a logistic regression. */
export type Model = LogisticModel | TreesModel;

const isTrees = (model: Model): model is TreesModel => 'kind' in model && model.kind === 'trees';

/** Scores a row with either kind; base + contributions is the log-odds exactly, also after 32 bits of storage. */
export const score = (model: Model, row: Parameters<typeof predict>[1]): Prediction =>
  isTrees(model) ? predictTrees(model, row) : predict(model, row);

/** Checks a model that comes from elsewhere; throws a RangeError that says what is wrong. */
export const checkModel = (model: Model): Model =>
  isTrees(model) ? checkTrees(model) : checkLogistic(model);

/** `logistic` or `trees`, as `models.model_type` has it. */
export const modelType = (model: Model): 'logistic' | 'trees' => (isTrees(model) ? 'trees' : 'logistic');
