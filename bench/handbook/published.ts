/**
 * What the Fraud Detection Handbook (Le Borgne, Siblini, Lebichot and Bontempi, 2022) prints for its simulated payments:
 * AUC ROC, average precision, card precision at 100. Single: 2018-07-25, defaults. Folds: four, tuned.
 */
export const published: readonly [model: string, single: string, folds: string][] = [
  ['logistic regression', '.871 .606 .291', '.868 .623 .297'],
  ['decision tree', '.788 .309 .243', '.797 .579 .284'],
  ['random forest', '.867 .658 .287', '.870 .678 .299'],
  ['XGBoost', '.862 .639 .273', '.869 .687 .303'],
  ['feed-forward network', '.864 .653 .286', '.876 .675 .303'],
  ['balanced bagging', '', '.879 .680 .305'],
  ['perfect scores', '1 1 .397', '1 1 .419'],
];
