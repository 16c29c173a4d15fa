import { type SQL, sql } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import type { AuditEntry } from '@/domain/audit';
import { command } from '@/domain/operation';
import { discardInput, mostOfOneError, redriveInput } from './input';

/** What a command on dead letters did. */
export type StreamChange = {
  changed: number;
  /** Rows asked for by id that were left as they are: gone, or in another state meanwhile. */
  refused: { id: number; code: 'not_found' | 'conflict' }[];
  /** True when there are more of that error than one command takes: run it again. */
  more: boolean;
};

type Choice = { ids?: number[]; errorCode?: string; until?: string };
type Row = {
  id: number;
  transactionId: string;
  status: string;
  errorCode: string | null;
  tries: number;
  discardReason: string | null;
};

/** Locks what was chosen, in the order of the ids. */
const lockChosen = async (tx: Tx, choice: Choice): Promise<Row[]> => {
  const code = choice.errorCode === 'unexpected' ? sql`coalesce(error_code, 'unexpected')` : sql`error_code`;
  const wanted: SQL = choice.ids
    ? sql`id in (${sql.join(
        choice.ids.map((id) => sql`${id}`),
        sql`, `,
      )})`
    : sql`processing_status = 'DEAD' and ${code} = ${choice.errorCode}
        and (${choice.until ?? null}::timestamptz is null
          or date_trunc('milliseconds', processed_at) <= ${choice.until ?? null}::timestamptz)`;
  const rows = await tx.execute<Record<string, unknown>>(sql`
    select id, transaction_id, processing_status, error_code, retry_count, discard_reason from transaction_stream
    where ${wanted} order by id limit ${mostOfOneError + 1} for update`);
  return rows.map((row) => ({
    id: Number(row.id),
    transactionId: String(row.transaction_id),
    status: String(row.processing_status),
    errorCode: row.error_code as string | null,
    tries: Number(row.retry_count),
    discardReason: row.discard_reason as string | null,
  }));
};

const update = async (tx: Tx, rows: readonly Row[], set: SQL): Promise<void> => {
  if (rows.length === 0) return;
  const ids = JSON.stringify(rows.map(({ id }) => id));
  // Whoever still works on an old claim must not finish it.
  await tx.execute(sql`update transaction_stream s set ${set}, lease_epoch = s.lease_epoch + 1
    from jsonb_array_elements_text(${ids}::text::jsonb) as chosen(id) where s.id = chosen.id::bigint`);
};

const change = async (
  tx: Tx,
  choice: Choice,
  from: readonly string[],
  to: { status: string; set: SQL; reason: string | null },
): Promise<{ value: StreamChange; audit: AuditEntry[] }> => {
  const locked = await lockChosen(tx, choice);
  const rows = locked.filter(({ status }) => from.includes(status)).slice(0, mostOfOneError);
  await update(tx, rows, to.set);
  const found = new Map(locked.map((row) => [row.id, row]));
  const changed = new Set(rows.map(({ id }) => id));
  const refused = [...new Set(choice.ids ?? [])]
    .filter((id) => !changed.has(id))
    .map((id) => ({ id, code: found.has(id) ? ('conflict' as const) : ('not_found' as const) }));
  const audit: AuditEntry[] = choice.ids
    ? rows.map((row) => ({
        resourceType: 'stream',
        resourceId: row.transactionId,
        reason: to.reason,
        before: {
          status: row.status,
          errorCode: row.errorCode,
          tries: row.tries,
          discardReason: row.discardReason,
        },
        after: { status: to.status, discardReason: to.status === 'DISCARDED' ? to.reason : null },
      }))
    : [
        {
          resourceType: 'stream',
          resourceId: choice.errorCode ?? null,
          reason: to.reason,
          before: { status: 'DEAD', errorCode: choice.errorCode },
          after: {
            status: to.status,
            payments: rows.length,
            firstId: rows[0]?.id ?? null,
            lastId: rows.at(-1)?.id ?? null,
            until: choice.until ?? null,
          },
        },
      ];
  return { value: { changed: rows.length, refused, more: locked.length > mostOfOneError }, audit };
};

/**
 * Puts dead letters back into the queue, as if they had never been tried; discarded ones too when named by id. What was
 * asked for by id and cannot be put back is told apart.
 */
export const redriveStream = command({
  name: 'stream:redrive',
  can: 'stream:redrive',
  input: redriveInput,
  topics: ['stream', 'health'],
  run: async ({ tx, input }) =>
    change(tx, input, ['DEAD', 'DISCARDED'], {
      status: 'PENDING',
      reason: null,
      set: sql`processing_status = 'PENDING', retry_count = 0, next_try_at = clock_timestamp(), processed_at = null,
        error_code = null, error_message = null, discard_reason = null`,
    }),
});

/** Gives up dead letters for good, with a reason that stays in the row until the stream's retention clears it. */
export const discardStream = command({
  name: 'stream:discard',
  can: 'stream:discard',
  input: discardInput,
  topics: ['stream', 'health'],
  run: async ({ tx, input }) =>
    change(tx, input, ['DEAD'], {
      status: 'DISCARDED',
      reason: input.reason,
      set: sql`processing_status = 'DISCARDED', discard_reason = ${input.reason}, processed_at = clock_timestamp()`,
    }),
});
