import { z } from 'zod';
import { ruleFields } from '@/domain/rules/fields';
import { checkTrees, type Tree, type TreesModel } from './trees';

const whole = z.array(z.number().int());
const numbers = z.array(z.number());
const treeSchema = z.object({
  left_children: whole,
  right_children: whole,
  split_indices: whole,
  split_conditions: numbers,
  default_left: z.array(z.union([z.boolean(), z.number()])),
  sum_hessian: numbers,
  split_type: whole.optional(),
});
type XgboostTree = z.output<typeof treeSchema>;

const modelSchema = z.object({
  learner: z.object({
    feature_names: z.array(z.string()).min(1),
    gradient_booster: z.object({
      name: z.literal('gbtree'),
      model: z.object({ trees: z.array(treeSchema).min(1).max(10_000) }),
    }),
    learner_model_param: z.object({
      base_score: z.union([z.string(), z.number()]),
      num_class: z.union([z.string(), z.number()]).optional(),
    }),
    objective: z.object({ name: z.literal('binary:logistic') }),
  }),
});

/** "5E-1", and "[5E-1]" since base scores may be vectors: the probability before any tree. */
function baseScore(text: string | number): number {
  const p = Math.fround(Number(String(text).replace(/^\[|\]$/g, '')));
  if (!(p > 0 && p < 1)) throw new RangeError('base_score is not a probability');
  return p;
}

/** Nodes anew in the order of their walk: XGBoost's own numbers may have gaps and point backwards after pruning. */
function convert(source: XgboostTree): Tree {
  const tree: Tree = { feature: [], threshold: [], missingLeft: [], left: [], right: [], value: [] };
  if ((source.split_type ?? []).some((type) => type !== 0))
    throw new RangeError('splits on categories are not supported');
  const add = (from: number): { node: number; weight: number } => {
    const node = tree.value.length;
    const leaf = source.left_children[from] === -1;
    const value = source.split_conditions[from];
    if (value === undefined || node > source.left_children.length)
      throw new RangeError('a tree of the file is not a tree');
    tree.feature.push(leaf ? 0 : source.split_indices[from]!);
    tree.threshold.push(leaf ? 0 : Math.fround(value));
    tree.missingLeft.push(!leaf && Boolean(source.default_left[from]));
    tree.left.push(-1);
    tree.right.push(-1);
    tree.value.push(Math.fround(value));
    if (leaf) return { node, weight: source.sum_hessian[from]! };
    const left = add(source.left_children[from]!);
    const right = add(source.right_children[from]!);
    tree.left[node] = left.node;
    tree.right[node] = right.node;
    // The mean of what lies below, by cover, so that a path's steps can be credited to features.
    const weight = left.weight + right.weight;
    tree.value[node] =
      weight > 0
        ? (tree.value[left.node]! * left.weight + tree.value[right.node]! * right.weight) / weight
        : (tree.value[left.node]! + tree.value[right.node]!) / 2;
    return { node, weight };
  };
  add(0);
  return tree;
}

/** Features are named as in rules (`card.count_10m`) or as stored (`card_count_10m`). */
function fieldOf(name: string): string {
  const field = ruleFields.find((f) => f.name === name) ?? ruleFields.find((f) => f.column === name);
  if (!field) throw new RangeError(`unknown feature ${name}`);
  return field.name;
}

/**
 * A model that XGBoost saved as JSON (`booster.save_model('m.json')`): binary:logistic, gbtree, numeric splits. Its
 * predictions are XGBoost's to within 32-bit rounding: values and thresholds are compared as 32-bit numbers, below
 * goes left, a missing value goes the tree's default way.
 * @throws ZodError or RangeError for what is not such a model
 */
export function fromXgboost(file: unknown, name: string, version: string): TreesModel {
  const { learner } = modelSchema.parse(file);
  if (Number(learner.learner_model_param.num_class ?? 0) > 1)
    throw new RangeError('a model of several classes is not supported');
  const p = baseScore(learner.learner_model_param.base_score);
  return checkTrees({
    kind: 'trees',
    name,
    version,
    source: 'xgboost',
    intercept: Math.log(p / (1 - p)),
    inputs: learner.feature_names.map((feature) => ({ field: fieldOf(feature) })),
    trees: learner.gradient_booster.model.trees.map(convert),
  });
}
