import type { MaintenanceArguments } from '@/domain/maintenance/kinds';
import { matchIndexes } from './build-index';
import type { Work } from './work';

const firstOf = (month: string): string => `${month}-01`;

/** Makes what is missing, as ensure_partitions() does, and attaches what stands beside its table: a person asked for it. */
export const makePartitions = async (
  { session, progress }: Work,
  given: MaintenanceArguments<'make-partitions'>,
): Promise<Record<string, unknown>> => {
  const made: string[] = [];
  let failed: string[] = [];
  for (let attempt = 0; attempt < 5; attempt += 1) {
    const [row] = await session.rows(
      'select to_json(made) as made, to_json(failed) as failed from make_missing_partitions($1::text::timestamptz, $2::text::timestamptz, true)',
      [given.from && firstOf(given.from), given.to && firstOf(given.to)],
    );
    made.push(...((row?.made ?? []) as string[]));
    failed = (row?.failed ?? []) as string[];
    if (failed.length === 0)
      return { made, held: given.from ? await holdOldMonths(session, given.from, given.to) : [] };
    await progress({ done: made.length, of: made.length + failed.length, waits: attempt + 1 });
  }
  throw new Error(`not made: ${failed.join('; ')}`);
};

/** Months made for an import and past their retention would go to the archive before the import begins. */
const holdOldMonths = async (
  session: Work['session'],
  from: string,
  to: string | null,
): Promise<string[]> => {
  const rows = await session.rows(
    `insert into partition_holds (month, reason, held_by, until)
      select m.month, 'made for an import', 'worker', now() + interval '30 days' from months_to_archive() m
      where m.month between $1::text::date and $2::text::date on conflict (month) do nothing
      returning to_char(month, 'YYYY-MM') as month`,
    [firstOf(from), firstOf(to ?? from)],
  );
  return rows.map((row) => String(row.month));
};

const partitionOf = async ({ session }: Work, month: string, table: string): Promise<string | null> => {
  const [row] = await session.rows(
    'select name from v_partitions where parent = $1 and level = 1 and from_at = $2::text::timestamptz',
    [table, `${firstOf(month)}T00:00:00Z`],
  );
  return (row?.name as string | undefined) ?? null;
};

/** Moves a month to the archive; one that is there already is no failure. */
export const archiveMonth = async (
  work: Work,
  { month }: MaintenanceArguments<'archive-month'>,
): Promise<Record<string, unknown>> => {
  const name = await partitionOf(work, month, 'transactions');
  const archived = name ? null : await partitionOf(work, month, 'transactions_archive');
  if (archived) return { partition: archived };
  await work.progress({ now: name });
  const [moved] = await work.session.politely((session) =>
    session.rows('select move_transactions_month($1::text::date, false) as name', [firstOf(month)]),
  );
  return { partition: moved?.name };
};

/** Brings an archived month back, with the hold that keeps it. */
export const bringBackMonth = async (
  work: Work,
  { month, reason, until }: MaintenanceArguments<'bring-back-month'>,
): Promise<Record<string, unknown>> => {
  const name = await partitionOf(work, month, 'transactions_archive');
  const here = name ? null : await partitionOf(work, month, 'transactions');
  if (here) return { partition: here };
  if (name) await matchIndexes(work, name);
  await work.progress({ now: name });
  await work.session.politely((session) =>
    session.rows('select bring_back_transactions($1::text::date, $2, $3, $4::text::timestamptz)', [
      firstOf(month),
      reason,
      work.requestedBy,
      until,
    ]),
  );
  return { partition: name };
};
