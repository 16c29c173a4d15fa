import { type SQL, sql } from 'drizzle-orm';

const day = 86_400_000;

/**
 * A bound in values beside one in expressions of now() or of another row: the planner then leaves out the partitions
 * that the exact one would only skip when it runs, and months of them cost more to plan than to read. It is a day wider at
 * both ends, so that it says nothing of its own and clocks may differ.
 */
export const plannedRange = (column: SQL, from: number, to: number): SQL =>
  sql`${column} > ${new Date(from - day).toISOString()}::timestamptz and ${column} < ${new Date(to + day).toISOString()}::timestamptz`;

/** The same for what has been in the last so many hours. */
export const plannedHours = (column: SQL, hours: number): SQL =>
  plannedRange(column, Date.now() - hours * 3_600_000, Date.now());

/** The same for the hours before a moment, as PostgreSQL writes it or ISO 8601. */
export const plannedBefore = (column: SQL, at: string, hours: number): SQL =>
  plannedRange(column, Date.parse(at) - hours * 3_600_000, Date.parse(at));
