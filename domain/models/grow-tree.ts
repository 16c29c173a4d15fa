import { type BinnedColumn, missingBin } from './bins';
import type { Tree } from './trees';

export type TreeOptions = {
  maxLeaves: number;
  maxDepth: number;
  /** Least sum of second derivatives of a leaf: about the frauds it must weigh. */
  minChildWeight: number;
  minChildRows: number;
  l2: number;
  minGain: number;
};

export type TreeInput = {
  binned: readonly BinnedColumn[];
  gradients: Float64Array;
  hessians: Float64Array;
  rows: Int32Array;
  features: Int32Array;
};

const width = 256;

/** Sums by feature and bin: gradient, hessian and rows, three numbers a bin. */
type Histogram = Float64Array;

type Split = { feature: number; bin: number; missingLeft: boolean; gain: number };
type Leaf = {
  node: number;
  depth: number;
  from: number;
  to: number;
  histogram: Histogram;
  gradient: number;
  hessian: number;
  split: Split | null;
};

function fill(input: TreeInput, rows: Int32Array, from: number, to: number): Histogram {
  const { binned, gradients, hessians, features } = input;
  const histogram = new Float64Array(features.length * width * 3);
  for (let f = 0; f < features.length; f += 1) {
    const { bins } = binned[features[f]!]!;
    const offset = f * width;
    for (let i = from; i < to; i += 1) {
      const row = rows[i]!;
      const at = (offset + bins[row]!) * 3;
      histogram[at]! += gradients[row]!;
      histogram[at + 1]! += hessians[row]!;
      histogram[at + 2]! += 1;
    }
  }
  return histogram;
}

const subtract = (whole: Histogram, part: Histogram): Histogram => {
  const rest = new Float64Array(whole.length);
  for (let i = 0; i < whole.length; i += 1) rest[i] = whole[i]! - part[i]!;
  return rest;
};

/** The best split of one leaf on one feature, missing values tried on both sides. */
function bestOf(leaf: Leaf, f: number, cuts: number, options: TreeOptions, best: Split | null): Split | null {
  const { histogram: h } = leaf;
  const total = leaf.to - leaf.from;
  const parent = (leaf.gradient * leaf.gradient) / (leaf.hessian + options.l2);
  const missing = (f * width + missingBin) * 3;
  const anyMissing = h[missing + 2]! > 0.5;
  let found = best;
  for (let side = 0; side < (anyMissing ? 2 : 1); side += 1) {
    const missingLeft = side === 1;
    let gradient = missingLeft ? h[missing]! : 0;
    let hessian = missingLeft ? h[missing + 1]! : 0;
    let rows = missingLeft ? h[missing + 2]! : 0;
    // The last bin on the left leaves only the missing to the right.
    for (let bin = 0; bin < cuts; bin += 1) {
      const at = (f * width + bin) * 3;
      gradient += h[at]!;
      hessian += h[at + 1]!;
      rows += h[at + 2]!;
      const rest = leaf.hessian - hessian;
      if (rows < options.minChildRows || total - rows < options.minChildRows) continue;
      if (hessian < options.minChildWeight || rest < options.minChildWeight) continue;
      const g2 = leaf.gradient - gradient;
      const gain = (gradient * gradient) / (hessian + options.l2) + (g2 * g2) / (rest + options.l2) - parent;
      if (gain > options.minGain + 1e-9 && (found === null || gain > found.gain))
        found = { feature: f, bin, missingLeft, gain };
    }
  }
  return found;
}

function bestSplit(leaf: Leaf, input: TreeInput, options: TreeOptions): Split | null {
  if (leaf.depth >= options.maxDepth || leaf.to - leaf.from < 2 * options.minChildRows) return null;
  let best: Split | null = null;
  for (let f = 0; f < input.features.length; f += 1)
    best = bestOf(leaf, f, input.binned[input.features[f]!]!.cuts.length, options, best);
  return best;
}

/** Moves the rows that go left to the front of the leaf's part; gives where the right ones begin. */
function partition(leaf: Leaf, split: Split, bins: Uint8Array, rows: Int32Array, spare: Int32Array): number {
  let left = leaf.from;
  let right = 0;
  for (let i = leaf.from; i < leaf.to; i += 1) {
    const row = rows[i]!;
    const bin = bins[row]!;
    if (bin === missingBin ? split.missingLeft : bin <= split.bin) {
      rows[left] = row;
      left += 1;
    } else {
      spare[right] = row;
      right += 1;
    }
  }
  rows.set(spare.subarray(0, right), left);
  return left;
}

/** Values of inner nodes: the mean of their leaves by hessian, from the bottom up (children come after parents). */
function fillMeans(tree: Tree, hessians: readonly number[]): void {
  for (let n = tree.value.length - 1; n >= 0; n -= 1) {
    if (tree.left[n]! < 0) continue;
    const [l, r] = [tree.left[n]!, tree.right[n]!];
    const whole = hessians[l]! + hessians[r]!;
    tree.value[n] = (tree.value[l]! * hessians[l]! + tree.value[r]! * hessians[r]!) / whole;
  }
}

/** Grows one tree, the leaf with the greatest gain first. Leaf values are −G ∕ (H + l2), before shrinkage. */
export function growTree(input: TreeInput, options: TreeOptions): Tree {
  const tree: Tree = { feature: [], threshold: [], missingLeft: [], left: [], right: [], value: [] };
  const hessians: number[] = [];
  const rows = Int32Array.from(input.rows);
  const spare = new Int32Array(rows.length);
  const leaves: Leaf[] = [];
  const addLeaf = (depth: number, from: number, to: number, histogram: Histogram): number => {
    let gradient = 0;
    let hessian = 0;
    for (let i = from; i < to; i += 1) {
      gradient += input.gradients[rows[i]!]!;
      hessian += input.hessians[rows[i]!]!;
    }
    const node = tree.value.length;
    tree.feature.push(0);
    tree.threshold.push(0);
    tree.missingLeft.push(false);
    tree.left.push(-1);
    tree.right.push(-1);
    tree.value.push(-gradient / (hessian + options.l2));
    hessians.push(hessian);
    const leaf: Leaf = { node, depth, from, to, histogram, gradient, hessian, split: null };
    leaf.split = bestSplit(leaf, input, options);
    leaves.push(leaf);
    return node;
  };
  addLeaf(0, 0, rows.length, fill(input, rows, 0, rows.length));
  while (leaves.length < options.maxLeaves) {
    const leaf = leaves.reduce((best, l) => ((l.split?.gain ?? 0) > (best.split?.gain ?? 0) ? l : best));
    const { split } = leaf;
    if (!split) break;
    leaves.splice(leaves.indexOf(leaf), 1);
    const feature = input.features[split.feature]!;
    const { bins, cuts } = input.binned[feature]!;
    const middle = partition(leaf, split, bins, rows, spare);
    const leftSmaller = middle - leaf.from < leaf.to - middle;
    const small = leftSmaller ? fill(input, rows, leaf.from, middle) : fill(input, rows, middle, leaf.to);
    const large = subtract(leaf.histogram, small);
    tree.feature[leaf.node] = feature;
    tree.threshold[leaf.node] = cuts[split.bin]!;
    tree.missingLeft[leaf.node] = split.missingLeft;
    tree.left[leaf.node] = addLeaf(leaf.depth + 1, leaf.from, middle, leftSmaller ? small : large);
    tree.right[leaf.node] = addLeaf(leaf.depth + 1, middle, leaf.to, leftSmaller ? large : small);
  }
  fillMeans(tree, hessians);
  return tree;
}
