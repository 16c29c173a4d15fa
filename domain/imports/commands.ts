import { sql } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { actorId } from '@/domain/actor';
import { AppError } from '@/domain/errors';
import { dropWhole } from '@/domain/maintenance/statements';
import { command } from '@/domain/operation';
import { embeddingIndex } from './embedding-index';
import { beginImportInput, finishImportInput } from './input';

/** An import as it stands: rows before `nextRow` have come to their end. */
export type ImportState = {
  id: number;
  status: 'running' | 'finished';
  nextRow: number;
  recorded: number;
  known: number;
  rejected: number;
  labels: number;
  /** As PostgreSQL writes it. */
  startedAt: string;
  finishedAt: string | null;
};

const readState = async (tx: Tx, fingerprint: string): Promise<ImportState | null> => {
  const [row] = await tx.execute<ImportState>(sql`select id::int, status, next_row::float8 as "nextRow",
      recorded::float8, known::float8, rejected::float8, labels::float8,
      started_at::text as "startedAt", finished_at::text as "finishedAt"
    from imports where fingerprint = ${fingerprint} for update`);
  return row ?? null;
};

/** Makes the months of the file that are missing, and keeps them out of the archive. */
const holdMonths = async (tx: Tx, by: string, file: string, months: readonly string[]): Promise<string[]> => {
  for (const month of months)
    await tx.execute(
      sql`select ensure_partitions(${`${month}-01T00:00:00Z`}::timestamptz, ${`${month}-01T00:00:00Z`}::timestamptz)`,
    );
  const wanted = JSON.stringify(months.map((month) => `${month}-01`));
  const held = await tx.execute<{ month: string }>(sql`
    insert into partition_holds (month, reason, held_by)
    select m::date, ${`Imported from ${file}`}, ${by} from jsonb_array_elements_text(${wanted}::text::jsonb) m
    on conflict (month) do nothing returning to_char(month, 'YYYY-MM') as month`);
  const missing = await tx.execute<{ month: string; archived: boolean }>(sql`
    select to_char(m::date, 'YYYY-MM') as month, exists (select from v_partitions p
        where p.parent = 'transactions_archive' and p.level = 1 and p.from_at = (m || 'T00:00:00Z')::timestamptz) as archived
    from jsonb_array_elements_text(${wanted}::text::jsonb) m
    where not exists (select from v_partitions p
      where p.parent = 'transactions' and p.level = 1 and p.from_at = (m || 'T00:00:00Z')::timestamptz)
    order by m limit 1`);
  const first = missing[0];
  if (first)
    throw new AppError('conflict', {
      detail: first.archived ? 'month.archived' : 'month.not_there',
      field: 'month',
      values: { month: first.month },
    });
  return held.map(({ month }) => month);
};

/**
 * Takes the index of embeddings away while there is nothing to search: built at the end of an import it costs a fraction
 * of what each row would pay for it. Where there are payments already it stays, for those who look for similar ones.
 */
const setIndexAside = async (tx: Tx, id: number): Promise<boolean> => {
  const [index] = await tx.execute<{ definition: string }>(sql`
    select pg_get_indexdef(c.oid) as definition from pg_class c
    where c.oid = to_regclass(${embeddingIndex}) and not exists (select from ml_features)`);
  if (!index) return false;
  await tx.execute(sql`update imports set embedding_index = ${index.definition} where id = ${id}`);
  await tx.execute(sql`set local lock_timeout = '5s'`);
  await tx.execute(sql.raw(dropWhole(embeddingIndex)));
  return true;
};

/**
 * Begins an import, or goes on with one of the same file and options that did not come to its end; a finished one is
 * answered as it ended. The command line's alone.
 * @throws AppError 'conflict' (`month.archived`, `month.not_there`)
 */
export const beginImport = command({
  name: 'import:begin',
  can: 'transaction:import',
  input: beginImportInput,
  topics: ['storage'],
  run: async ({ tx, actor, input }) => {
    const { file, fingerprint, options, rows, firstAt, lastAt, months } = input;
    const by = actorId(actor);
    const [made] = await tx.execute<{ id: number }>(sql`
      insert into imports (file_name, fingerprint, options, rows, first_at, last_at, started_by)
      values (${file}, ${fingerprint}, ${JSON.stringify(options)}::text::jsonb, ${rows}, ${firstAt}::timestamptz,
        ${lastAt}::timestamptz, ${by})
      on conflict (fingerprint) do nothing returning id::int`);
    const state = (await readState(tx, fingerprint)) as ImportState;
    const held = state.status === 'finished' ? [] : await holdMonths(tx, by, file, months);
    const aside = made !== undefined && (await setIndexAside(tx, state.id));
    return {
      value: { ...state, resumed: made === undefined },
      audit: {
        resourceType: 'import',
        resourceId: state.id,
        after: {
          file,
          ...options,
          rows,
          firstAt,
          lastAt,
          held,
          ...(aside ? { embeddingIndex: 'built at the end' } : {}),
          ...(made ? {} : { resumedAt: state.nextRow }),
          ...(state.status === 'finished' ? { finishedAt: state.finishedAt } : {}),
        },
      },
    };
  },
});

type Ended = {
  file: string;
  rows: number;
  recorded: number;
  known: number;
  rejected: number;
  labels: number;
};

/** Ends an import whose every row has come to its end. */
export const finishImport = command({
  name: 'import:finish',
  can: 'transaction:import',
  input: finishImportInput,
  topics: ['decisions', 'storage'],
  run: async ({ tx, input: { id } }) => {
    const [row] = await tx.execute<Ended>(sql`
      update imports set status = 'finished', finished_at = now(), updated_at = now()
      where id = ${id} and status = 'running'
      returning file_name as file, rows::float8, recorded::float8, known::float8, rejected::float8, labels::float8`);
    if (!row) throw new AppError('not_found', { detail: 'import.not_running' });
    return { value: row, audit: { resourceType: 'import', resourceId: id, after: row } };
  },
});
