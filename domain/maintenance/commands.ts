import { sql } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { type Actor, actorId } from '@/domain/actor';
import { AppError } from '@/domain/errors';
import { command } from '@/domain/operation';
import {
  archiveMonthInput,
  bringBackMonthInput,
  cancelRequestInput,
  createIndexInput,
  dropIndexInput,
  makePartitionsInput,
  rebuildIndexInput,
  restoreIndexInput,
} from './input';
import { type MaintenanceArguments, type MaintenanceKind, subjectOf } from './kinds';
import { findMonth } from './months';
import { indexName } from './statements';

const topics = ['storage', 'jobs'] as const;

/** Leaves a request for the worker; the audit entry names what it is about. */
const ask = async <K extends MaintenanceKind>(
  tx: Tx,
  actor: Actor,
  kind: K,
  given: MaintenanceArguments<K>,
  reason: string | null,
) => {
  // One after another, so that of two people who ask the same the second is told.
  await tx.execute(sql`select pg_advisory_xact_lock(hashtext('vigil.maintenance.ask'))`);
  const stored = JSON.stringify(given);
  const [same] = await tx.execute(sql`select id::int from maintenance_requests
    where status in ('waiting', 'running') and kind = ${kind} and arguments = ${stored}::jsonb limit 1`);
  if (same)
    throw new AppError('conflict', { detail: 'maintenance.asked_already', values: { id: Number(same.id) } });
  const [made] = await tx.execute(sql`insert into maintenance_requests (kind, arguments, requested_by, reason)
    values (${kind}, ${stored}::jsonb, ${actorId(actor)}, ${reason}) returning id::int`);
  const id = Number(made?.id);
  return {
    value: { id },
    audit: {
      resourceType: 'maintenance_request',
      resourceId: subjectOf(kind, given),
      after: { request: id, status: 'waiting', ...given },
      reason,
    },
  };
};

/** Asks for every partition that is missing, those of past months of payments too where `from` and `to` say so. */
export const makePartitions = command({
  name: 'partition:make',
  can: 'partition:make',
  input: makePartitionsInput,
  topics,
  run: async ({ tx, actor, input }) => ask(tx, actor, 'make-partitions', input, null),
});

/**
 * Asks for a month of payments to be moved to the archive now.
 * @throws AppError 'not_found' (`month.not_there`), 'conflict' (`month.archived`, `month.held`, `month.too_young`)
 */
export const archiveMonth = command({
  name: 'partition:archive',
  can: 'partition:archive',
  input: archiveMonthInput,
  topics,
  run: async ({ tx, actor, input: { month, reason } }) => {
    const found = await findMonth(tx, month);
    const refuse = (detail: string) =>
      new AppError('conflict', { detail, field: 'month', values: { month } });
    if (found.archived) throw refuse('month.archived');
    if (found.held) throw refuse('month.held');
    if (found.young) throw refuse('month.too_young');
    return ask(tx, actor, 'archive-month', { month }, reason);
  },
});

/**
 * Asks for an archived month to come back, held until `until` (null: until released).
 * @throws AppError 'not_found' (`month.not_there`), 'conflict' (`month.online`)
 */
export const bringBackMonth = command({
  name: 'partition:bring-back',
  can: 'partition:bring-back',
  input: bringBackMonthInput,
  topics,
  run: async ({ tx, actor, input: { month, reason, until } }) => {
    const found = await findMonth(tx, month);
    if (!found.archived)
      throw new AppError('conflict', { detail: 'month.online', field: 'month', values: { month } });
    return ask(tx, actor, 'bring-back-month', { month, reason, until }, reason);
  },
});

/** Asks for an index on columns of a table, over all its partitions. @throws AppError 'not_found', 'conflict' */
export const createIndex = command({
  name: 'index:create',
  can: 'index:create',
  input: createIndexInput,
  topics,
  run: async ({ tx, actor, input: { table, columns, reason } }) => {
    const rows =
      await tx.execute(sql`select a.attname as name from pg_attribute a join pg_class c on c.oid = a.attrelid
      where c.relname = ${table} and c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
        and not c.relispartition and a.attnum > 0 and not a.attisdropped`);
    if (rows.length === 0) throw new AppError('not_found', { detail: 'index.no_table', field: 'table' });
    const known = new Set([...rows].map((row) => row.name));
    const unknown = columns.findIndex((column) => !known.has(column.name));
    if (unknown >= 0)
      throw new AppError('not_found', { detail: 'index.no_column', field: `columns.${unknown}.name` });
    const name = indexName(
      table,
      columns.map((column) => column.name),
    );
    const there = await findIndex(tx, name);
    if (there && !there.invalid)
      throw new AppError('conflict', { detail: 'index.there', field: 'columns', values: { name } });
    return ask(tx, actor, 'create-index', { table, columns }, reason);
  },
});

type Index = { invalid: boolean; droppable: boolean };
const findIndex = async (tx: Tx, name: string): Promise<Index | null> => {
  const [row] = await tx.execute(sql`select invalid, droppable from v_index_usage where name = ${name}`);
  return row ? { invalid: row.invalid === true, droppable: row.droppable === true } : null;
};

const indexOf = async (tx: Tx, name: string): Promise<Index> => {
  const index = await findIndex(tx, name);
  if (!index)
    throw new AppError('not_found', { detail: 'index.not_there', field: 'index', values: { name } });
  return index;
};

/** Asks for a dropped index to be made again. @throws AppError 'not_found' (`index.not_dropped`), 'conflict' */
export const restoreIndex = command({
  name: 'index:restore',
  can: 'index:create',
  input: restoreIndexInput,
  topics,
  run: async ({ tx, actor, input: { request, reason } }) => {
    const [row] = await tx.execute(sql`select result ->> 'index' as name from maintenance_requests
      where id = ${request} and kind = 'drop-index' and status = 'ok'`);
    if (!row?.name) throw new AppError('not_found', { detail: 'index.not_dropped', field: 'request' });
    if (await findIndex(tx, String(row.name)))
      throw new AppError('conflict', { detail: 'index.there', values: { name: String(row.name) } });
    return ask(tx, actor, 'restore-index', { request }, reason);
  },
});

/** Asks for an index to be built anew beside its readers and writers. @throws AppError 'not_found' */
export const rebuildIndex = command({
  name: 'index:rebuild',
  can: 'index:rebuild',
  input: rebuildIndexInput,
  topics,
  run: async ({ tx, actor, input: { index, reason } }) => {
    await indexOf(tx, index);
    return ask(tx, actor, 'rebuild-index', { index }, reason);
  },
});

/** Asks for an index to be dropped; its definition is kept. @throws AppError 'not_found', 'conflict' (`index.needed`) */
export const dropIndex = command({
  name: 'index:drop',
  can: 'index:drop',
  input: dropIndexInput,
  topics,
  run: async ({ tx, actor, input: { index, reason } }) => {
    if (!(await indexOf(tx, index)).droppable)
      throw new AppError('conflict', { detail: 'index.needed', field: 'index', values: { name: index } });
    return ask(tx, actor, 'drop-index', { index }, reason);
  },
});

/** Asks the worker to break off a request that waits or runs. @throws AppError 'not_found', 'conflict' (`maintenance.over`) */
export const cancelRequest = command({
  name: 'maintenance:cancel',
  can: 'maintenance:cancel',
  input: cancelRequestInput,
  topics,
  run: async ({ tx, input: { id } }) => {
    const [row] = await tx.execute(
      sql`select kind, arguments, status from maintenance_requests where id = ${id}`,
    );
    if (!row) throw new AppError('not_found', { field: 'id' });
    if (row.status !== 'waiting' && row.status !== 'running')
      throw new AppError('conflict', { detail: 'maintenance.over', values: { id } });
    await tx.execute(sql`update maintenance_requests set cancel_requested_at = coalesce(cancel_requested_at, now())
      where id = ${id}`);
    return {
      value: { id },
      audit: {
        resourceType: 'maintenance_request',
        resourceId: subjectOf(String(row.kind), row.arguments as Record<string, unknown>),
        before: { request: id, status: row.status },
        after: { request: id, cancelRequested: true },
      },
    };
  },
});
