import { z } from 'zod';
import { objectName } from '@/domain/maintenance/kinds';

/** The tables that ensure_partitions() looks after, as in partitioned_tables(). */
export const partitionedTables = [
  'transactions',
  'ml_features',
  'model_predictions',
  'rule_hits',
  'audit_trail',
  'security_events',
  'api_usage',
  'system_metrics',
] as const;
export type PartitionedTableName = (typeof partitionedTables)[number];

export const timelineInput = z
  .strictObject({ table: z.enum(partitionedTables).default('transactions') })
  .default({ table: 'transactions' });
export const getIndexInput = z.strictObject({ index: objectName });
export const indexViews = ['all', 'unused', 'duplicate', 'invalid'] as const;
export type IndexView = (typeof indexViews)[number];
