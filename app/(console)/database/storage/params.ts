import {
  type IndexView,
  indexViews,
  type PartitionedTableName,
  partitionedTables,
} from '@/domain/storage/input';

export const tabs = ['partitions', 'tables', 'indexes'] as const;
export type Tab = (typeof tabs)[number];

/** What is in the URL; anything else is the usual one. */
const oneOf =
  <T extends string>(known: readonly T[], usual: T) =>
  (text: string | null | undefined): T =>
    known.find((one) => one === text) ?? usual;

export const tabOf = oneOf<Tab>(tabs, 'partitions');
export const tableOf = oneOf<PartitionedTableName>(partitionedTables, 'transactions');
export const indexViewOf = oneOf<IndexView>(indexViews, 'all');
