import { z } from 'zod';

/** A calendar month in UTC: `2026-11`. */
export const month = z.string().regex(/^(19|20)\d\d-(0[1-9]|1[0-2])$/);
/** A name as PostgreSQL keeps it; which names there are only the catalog says. */
export const objectName = z
  .string()
  .min(1)
  .max(63)
  .regex(/^[^\p{Cc}\p{Cf}\p{Cs}]+$/u);
const moment = z.iso.datetime({ offset: true });

const indexColumn = z.strictObject({ name: objectName, descending: z.boolean().default(false) });
export const indexColumns = z
  .array(indexColumn)
  .min(1)
  .max(5)
  .refine((list) => new Set(list.map((one) => one.name)).size === list.length, { message: 'repeated' });
export type IndexColumn = z.output<typeof indexColumn>;

/**
 * What the worker can be asked to do, and what a request of that kind holds: names and dates only. Statements are made
 * by the worker from the catalog, so that nothing written here by anybody is ever run.
 */
export const maintenanceKinds = {
  /** Also past months, where `from` and `to` say so. */
  'make-partitions': z.strictObject({ from: month.nullable(), to: month.nullable() }),
  'archive-month': z.strictObject({ month }),
  'bring-back-month': z.strictObject({ month, reason: z.string(), until: moment.nullable() }),
  'create-index': z.strictObject({ table: objectName, columns: indexColumns }),
  /** Makes again what an earlier request has dropped. */
  'restore-index': z.strictObject({ request: z.number().int().positive() }),
  'rebuild-index': z.strictObject({ index: objectName }),
  'drop-index': z.strictObject({ index: objectName }),
} as const;

export type MaintenanceKind = keyof typeof maintenanceKinds;
export type MaintenanceArguments<K extends MaintenanceKind> = z.output<(typeof maintenanceKinds)[K]>;

export const maintenanceStatuses = ['waiting', 'running', 'ok', 'failed', 'cancelled'] as const;
export type MaintenanceStatus = (typeof maintenanceStatuses)[number];

/** How far a request is: parts done of all, what is at work, and whether it waits for others to let go of a table. */
export const maintenanceProgress = z.object({
  done: z.number().int(),
  of: z.number().int(),
  now: z.string().nullable(),
  /** Times that the lock could not be had. */
  waits: z.number().int().default(0),
});
export type MaintenanceProgress = z.output<typeof maintenanceProgress>;

/** The permission that asking for it needs, which is also its audit action. */
export const maintenanceActions = {
  'make-partitions': 'partition:make',
  'archive-month': 'partition:archive',
  'bring-back-month': 'partition:bring-back',
  'create-index': 'index:create',
  'restore-index': 'index:create',
  'rebuild-index': 'index:rebuild',
  'drop-index': 'index:drop',
} as const satisfies Record<MaintenanceKind, string>;

/** What a request is about, for the audit trail: `2024-11`, or the name of an index. */
export const subjectOf = (kind: string, given: Record<string, unknown>): string | null => {
  if (kind === 'create-index') return String(given.table);
  const subject = given.month ?? given.index ?? given.request;
  return subject === undefined ? null : String(subject);
};
