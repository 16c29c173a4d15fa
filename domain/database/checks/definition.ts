export const checkAreas = [
  'connections',
  'vacuum',
  'work',
  'storage',
  'partitions',
  'jobs',
  'pipeline',
  'models',
  'replication',
  'pool',
  'settings',
] as const;
export type CheckArea = (typeof checkAreas)[number];

export type CheckUnit = 'percent' | 'count' | 'seconds' | 'days' | 'bytes' | 'ids' | 'times' | 'index';

export type CheckDefinition = {
  name: string;
  area: CheckArea;
  /** Of the value and both limits. */
  unit: CheckUnit;
  /** From here on it is a warning, or critical; with `below` the other way round. Null: never. */
  warning: number | null;
  critical: number | null;
  below?: boolean;
  /** What is looked over, in words of `database.examined.<noun>`. */
  examines: string;
  /** Columns of the evidence, `name` or `name:unit`; headed by `database.evidence.<name>`. */
  columns: readonly string[];
  /** The page on which it is put right. */
  href?: string;
};
