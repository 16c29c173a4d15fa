import { type BinnedColumn, binColumn } from './bins';
import { growTree, type TreeOptions } from './grow-tree';
import { seeded } from './random';
import type { Samples } from './samples';
import type { Tree, TreesModel } from './trees';

export type TreesOptions = TreeOptions & {
  seed: number;
  /** Boosting rounds of each bag. */
  rounds: number;
  /** What each tree adds of what it found, 0 … 1. */
  shrinkage: number;
  /** Share of rows that each tree sees. */
  rowShare: number;
  /** Share of features that each tree sees. */
  featureShare: number;
  /** Ensembles of their own, averaged: steadier on few frauds. */
  bags: number;
  maxBins: number;
};

/** Found on validation weeks of a public data set with few frauds: many small, differing ensembles averaged. */
export const treesDefaults: TreesOptions = {
  seed: 1,
  rounds: 60,
  shrinkage: 0.1,
  rowShare: 0.5,
  featureShare: 0.5,
  bags: 3,
  maxBins: 128,
  maxLeaves: 32,
  maxDepth: 8,
  minChildWeight: 1,
  minChildRows: 5,
  l2: 1,
  minGain: 0,
};

/** Few digits, the same 32-bit number. */
const short = (value: number): number => Number(Math.fround(value).toPrecision(9));
const kept = (tree: Tree, bags: number): Tree => ({
  ...tree,
  threshold: tree.threshold.map(short),
  value: tree.value.map((value) => short(value / bags)),
});

/** Rows (or features) drawn without repetition, in ascending order; always at least one. */
function drawn(count: number, share: number, random: () => number): Int32Array {
  if (share >= 1) return Int32Array.from({ length: count }, (_, i) => i);
  const chosen: number[] = [];
  for (let i = 0; i < count; i += 1) if (random() < share) chosen.push(i);
  return Int32Array.from(chosen.length > 0 ? chosen : [Math.floor(random() * count)]);
}

/** Adds a tree's log-odds to every row's margin. */
function addMargins(tree: Tree, columns: readonly Float32Array[], margins: Float64Array): void {
  for (let row = 0; row < margins.length; row += 1) {
    let node = 0;
    while (tree.left[node]! >= 0) {
      const value = columns[tree.feature[node]!]![row]!;
      const goesLeft = value < tree.threshold[node]! || (Number.isNaN(value) && tree.missingLeft[node]!);
      node = goesLeft ? tree.left[node]! : tree.right[node]!;
    }
    margins[row]! += tree.value[node]!;
  }
}

/**
 * Trains gradient-boosted trees on log loss: histograms of second-order gains, leaves grown best first. Probabilities
 * are those of the samples' own fraud rate, so they need no correction for imbalance. The same samples and options
 * give the same trees.
 * @param onRound told after each round, 0 … 1; throw from it to cancel
 */
export async function trainTrees(
  samples: Samples,
  options: TreesOptions,
  onRound: (done: number) => void | Promise<void> = () => {},
): Promise<Pick<TreesModel, 'kind' | 'intercept' | 'inputs' | 'trees'>> {
  const { labels, columns } = samples;
  const n = labels.length;
  const frauds = labels.reduce((sum, label) => sum + label, 0);
  if (frauds === 0 || frauds === n) throw new RangeError('training needs payments of both kinds');
  const binned: BinnedColumn[] = columns.map((column) => binColumn(column, options.maxBins));
  const useful = Int32Array.from(
    binned.flatMap(({ cuts, bins }, i) => (cuts.length > 0 || bins.some((b) => b !== bins[0]) ? [i] : [])),
  );
  const intercept = Math.log(frauds / (n - frauds));
  const trees: Tree[] = [];
  const gradients = new Float64Array(n);
  const hessians = new Float64Array(n);
  for (let bag = 0; bag < options.bags; bag += 1) {
    const random = seeded(options.seed + bag * 7919);
    const margins = new Float64Array(n).fill(intercept);
    for (let round = 0; round < options.rounds; round += 1) {
      for (let i = 0; i < n; i += 1) {
        const p = 1 / (1 + Math.exp(-margins[i]!));
        gradients[i] = p - labels[i]!;
        hessians[i] = Math.max(p * (1 - p), 1e-12);
      }
      const rows = drawn(n, options.rowShare, random);
      const seen = drawn(useful.length, options.featureShare, random).map((i) => useful[i]!);
      const tree = growTree({ binned, gradients, hessians, rows, features: seen }, options);
      tree.value = tree.value.map((value) => value * options.shrinkage);
      addMargins(tree, columns, margins);
      trees.push(kept(tree, options.bags));
      await onRound((bag * options.rounds + round + 1) / (options.bags * options.rounds));
    }
  }
  return { kind: 'trees', intercept, inputs: samples.fields.map((field) => ({ field })), trees };
}
