import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { decodeCursor, encodeCursor, type Page } from '@/domain/cursor';
import { query } from '@/domain/operation';
import { type Arm, listAbTestsInput, type Measure, type TestState } from './input';
import { type AbTestReport, type Measured, reportOf } from './report';

export type AbTestRow = {
  id: number;
  name: string;
  status: TestState;
  champion: { name: string; version: string };
  challenger: { name: string; version: string };
  /** The challenger's share of the customers, 0 to 1. */
  split: number;
  measure: Measure;
  minLabelled: number;
  matureDays: number | null;
  startedAt: string;
  startedByName: string;
  endedAt: string | null;
  endedByName: string | null;
  endReason: string | null;
  winner: Arm | null;
  report: AbTestReport;
};

const iso = (value: unknown): string => new Date(String(value)).toISOString();
const textOrNull = (value: unknown) => (value === null ? null : String(value));

const abTestRow = (row: Record<string, unknown>): AbTestRow => {
  const [measure, minLabelled] = [row.primary_measure as Measure, Number(row.min_labelled)];
  return {
    id: Number(row.id),
    name: String(row.test_name),
    status: row.status as TestState,
    champion: { name: String(row.model_a), version: String(row.model_a_version) },
    challenger: { name: String(row.model_b), version: String(row.model_b_version) },
    split: Number(row.traffic_split),
    measure,
    minLabelled,
    matureDays: row.mature_days === null ? null : Number(row.mature_days),
    startedAt: iso(row.start_date),
    startedByName: String(row.started_by_name),
    endedAt: row.end_date === null ? null : iso(row.end_date),
    endedByName: textOrNull(row.ended_by_name),
    endReason: textOrNull(row.end_reason),
    winner: row.winner as Arm | null,
    report: reportOf(row.results as Measured | null, measure, minLabelled),
  };
};

/** A/B tests, newest first, each with what is known of its arms; of one that runs as it was measured last. */
export const listAbTests = query({
  name: 'ab-test.list',
  can: 'model:read',
  input: listAbTestsInput,
  live: true,
  run: async ({ db, input }): Promise<Page<AbTestRow>> => {
    const before = input.cursor ? decodeCursor(z.tuple([z.number().int()]), input.cursor)[0] : null;
    const rows = await db.execute<Record<string, unknown>>(sql`
      select t.id, t.test_name, t.status, t.model_a, t.model_a_version, t.model_b, t.model_b_version, t.traffic_split,
        t.primary_measure, t.min_labelled, t.mature_days, t.start_date, t.end_date, t.end_reason, t.winner, t.results,
        coalesce(s.name, t.created_by) as started_by_name, coalesce(e.name, t.ended_by) as ended_by_name
      from model_ab_tests t left join console_users s on s.id::text = t.created_by
        left join console_users e on e.id::text = t.ended_by
      where ${before === null ? sql`true` : sql`t.id < ${before}::bigint`} order by t.id desc limit ${input.limit + 1}`);
    const page = rows.slice(0, input.limit).map(abTestRow);
    const last = page.at(-1);
    return { rows: page, next: rows.length > input.limit && last ? encodeCursor([last.id]) : null };
  },
});
