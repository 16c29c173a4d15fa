import { createHash } from 'node:crypto';
import { UsageError } from '../options';
import type { ImportArguments } from './arguments';
import { readCsv } from './csv';
import { momentReader } from './moments';
import { type Columns, findColumns } from './rows';

/** What is in a file, from reading it once. */
export type Survey = {
  header: readonly string[];
  columns: Columns;
  rows: number;
  /** ISO 8601. */
  firstAt: string;
  lastAt: string;
  /** `YYYY-MM`, in order. */
  months: string[];
  /** SHA-256 (hex) of its bytes. */
  contentHash: string;
};

const longestAgoMs = 20 * 366 * 86_400_000;
const aheadMs = 10 * 60_000;

/**
 * Looks through the file before anything is written: that it can be read to its end, has the columns, and is in the
 * order of its moments. Rows without a moment that can be imported are left to be rejected.
 * @throws UsageError
 */
export async function surveyFile(
  file: string,
  args: ImportArguments,
  onRows: (rows: number) => void,
  nowMs = Date.now(),
): Promise<Survey> {
  const hash = createHash('sha256');
  const readMoment = momentReader(args.zone);
  let header: readonly string[] = [];
  let columns: Columns | null = null;
  let rows = 0;
  let first = Number.POSITIVE_INFINITY;
  let last = { ms: Number.NEGATIVE_INFINITY, line: 0 };
  const months = new Set<string>();
  let month = { from: 0, to: 0 };
  for await (const block of readCsv(file, { delimiter: args.delimiter, hash })) {
    for (const { line, cells } of block) {
      if (!columns) {
        header = cells;
        columns = findColumns(cells, args, file);
        continue;
      }
      rows += 1;
      const ms = readMoment((cells[columns.at] ?? '').trim());
      if (ms === null || ms > nowMs + aheadMs || ms < nowMs - longestAgoMs) continue;
      if (ms < last.ms) throw outOfOrder(file, args, line, ms, last);
      first = Math.min(first, ms);
      last = { ms, line };
      if (ms >= month.from && ms < month.to) continue;
      month = monthOf(ms);
      months.add(new Date(ms).toISOString().slice(0, 7));
    }
    onRows(rows);
  }
  if (months.size === 0)
    throw new UsageError(
      `${file} has no row with a moment in ${args.map.transaction_timestamp} that can be imported.`,
    );
  return {
    header,
    columns: columns as unknown as Columns,
    rows,
    firstAt: new Date(first).toISOString(),
    lastAt: new Date(last.ms).toISOString(),
    months: [...months].sort(),
    contentHash: hash.digest('hex'),
  };
}

const monthOf = (ms: number): { from: number; to: number } => {
  const at = new Date(ms);
  const month = (ahead: number) => Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + ahead);
  return { from: month(0), to: month(1) };
};

const outOfOrder = (
  file: string,
  args: ImportArguments,
  line: number,
  ms: number,
  before: { ms: number; line: number },
): UsageError =>
  new UsageError(
    `${file}, line ${line}: ${new Date(ms).toISOString()} lies before ${new Date(before.ms).toISOString()} in line ${before.line}. ` +
      `A payment is decided from those before it: sort the file by ${args.map.transaction_timestamp} first.`,
  );
