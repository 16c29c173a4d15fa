import { getField, type RuleRow } from '@/domain/rules/fields';
import { fromContributions, type Prediction } from './logistic';

/**
 * One tree, node by node; node 0 is the root. A row goes left when its value, as a 32-bit number, is below the
 * threshold; a missing value goes where `missingLeft` says. `left` is −1 at a leaf. `value` is a leaf's log-odds, and
 * at an inner node the mean of what lies below it, so that each step of a path adds a difference.
 */
export type Tree = {
  feature: number[];
  threshold: number[];
  missingLeft: boolean[];
  left: number[];
  right: number[];
  value: number[];
};

/** A sum of trees in log-odds. */
export type TreesModel = {
  kind: 'trees';
  name: string;
  version: string;
  /** Where the trees come from. */
  source: string;
  /** Log-odds before any tree. */
  intercept: number;
  inputs: readonly { field: string }[];
  trees: readonly Tree[];
};

/** The trees laid out for walking: node numbers run through all trees. */
type Compiled = {
  roots: Int32Array;
  feature: Int16Array;
  threshold: Float32Array;
  missingLeft: Uint8Array;
  left: Int32Array;
  right: Int32Array;
  value: Float64Array;
  base: number;
  fields: string[];
};

const compiled = new WeakMap<TreesModel, Compiled>();

function compile(model: TreesModel): Compiled {
  const nodes = model.trees.reduce((sum, tree) => sum + tree.value.length, 0);
  const c: Compiled = {
    roots: new Int32Array(model.trees.length),
    feature: new Int16Array(nodes),
    threshold: new Float32Array(nodes),
    missingLeft: new Uint8Array(nodes),
    left: new Int32Array(nodes),
    right: new Int32Array(nodes),
    value: new Float64Array(nodes),
    base: model.intercept,
    fields: model.inputs.map(({ field }) => field),
  };
  let at = 0;
  model.trees.forEach((tree, t) => {
    c.roots[t] = at;
    c.base += tree.value[0]!;
    tree.value.forEach((value, n) => {
      const leaf = tree.left[n]! < 0;
      c.feature[at + n] = tree.feature[n]!;
      c.threshold[at + n] = tree.threshold[n]!;
      c.missingLeft[at + n] = tree.missingLeft[n] ? 1 : 0;
      c.left[at + n] = leaf ? -1 : c.roots[t]! + tree.left[n]!;
      c.right[at + n] = leaf ? -1 : c.roots[t]! + tree.right[n]!;
      c.value[at + n] = value;
    });
    at += tree.value.length;
  });
  c.base = Math.fround(c.base);
  return c;
}

const numeric = (value: unknown): number =>
  typeof value === 'number' ? Math.fround(value) : typeof value === 'boolean' ? Number(value) : Number.NaN;

/** Walks one row of inputs through every tree and adds to `sums` what each step changed. */
function walk(c: Compiled, row: Float64Array | Float32Array, sums: Float64Array): void {
  for (let t = 0; t < c.roots.length; t += 1) {
    let node = c.roots[t]!;
    while (c.left[node]! >= 0) {
      const feature = c.feature[node]!;
      const value = row[feature]!;
      const goesLeft = value < c.threshold[node]! || (Number.isNaN(value) && c.missingLeft[node] === 1);
      const next = goesLeft ? c.left[node]! : c.right[node]!;
      sums[feature]! += c.value[next]! - c.value[node]!;
      node = next;
    }
  }
}

/**
 * Scores a row by path attribution (Saabas): what each split on the row's paths changed is credited to its feature,
 * and the base is what the trees say of nobody in particular. Every number is rounded to 32 bits before it is summed,
 * as `model_predictions` keeps it.
 */
export function predictTrees(model: TreesModel, row: RuleRow): Prediction {
  let c = compiled.get(model);
  if (!c) {
    c = compile(model);
    compiled.set(model, c);
  }
  const inputs = new Float64Array(c.fields.length);
  for (let i = 0; i < inputs.length; i += 1) inputs[i] = numeric(row[c.fields[i]!]);
  const sums = new Float64Array(inputs.length);
  walk(c, inputs, sums);
  return fromContributions(c.base, Array.from(sums, Math.fround));
}

function checkTree(tree: Tree, inputs: number): void {
  const nodes = tree.value.length;
  const lengths = [tree.feature, tree.threshold, tree.missingLeft, tree.left, tree.right].map(
    (l) => l.length,
  );
  if (nodes === 0 || lengths.some((length) => length !== nodes)) throw new RangeError('a tree is cut short');
  const parents = new Uint8Array(nodes);
  for (let n = 0; n < nodes; n += 1) {
    if (!Number.isFinite(tree.value[n]!)) throw new RangeError('a node has no finite value');
    if (tree.left[n]! < 0) continue;
    if (!Number.isFinite(tree.threshold[n]!)) throw new RangeError('a threshold is not finite');
    if (!Number.isInteger(tree.feature[n]) || tree.feature[n]! < 0 || tree.feature[n]! >= inputs)
      throw new RangeError('a split is on an unknown input');
    for (const child of [tree.left[n]!, tree.right[n]!]) {
      // Children after their parents and each with one parent: every walk ends.
      if (!Number.isInteger(child) || child <= n || child >= nodes || parents[child])
        throw new RangeError('a tree is not a tree');
      parents[child] = 1;
    }
  }
}

/** Checks trees that come from elsewhere: known numeric fields, each once, finite numbers, walks that end. */
export function checkTrees(model: TreesModel): TreesModel {
  const seen = new Set<string>();
  for (const { field } of model.inputs) {
    if (getField(field).type === 'text' || seen.has(field))
      throw new RangeError(`model ${model.name} ${model.version}: input ${field} is invalid`);
    seen.add(field);
  }
  if (!Number.isFinite(model.intercept) || model.trees.length === 0)
    throw new RangeError(`model ${model.name} ${model.version}: no trees or no intercept`);
  for (const tree of model.trees) checkTree(tree, model.inputs.length);
  return model;
}
