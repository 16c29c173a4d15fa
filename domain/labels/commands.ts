import { sql } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import type { AuditEntry } from '@/domain/audit';
import { AppError, sqlState } from '@/domain/errors';
import { command } from '@/domain/operation';
import { type Label, type LabelInput, setLabelsInput } from './input';

/**
 * What became of a label: `labelled` the payment had none, `changed` it had the other, `same` it was known already and
 * since when stays; `unknown` no payment has the id, `archived` it is read-only now.
 */
export type LabelResult = 'labelled' | 'changed' | 'same' | 'unknown' | 'archived';

/** As in `transactions.label_source`. */
const sourceOf = (label: Label): string => (label === 'chargeback' ? 'chargeback' : 'api');
const isFraud = (label: Label): boolean => label !== 'legitimate';

type Found = { id: string; at: string; fraud: boolean | null; archived: boolean };

const find = async (tx: Tx, wanted: readonly LabelInput[]): Promise<Map<string, Found>> => {
  const json = JSON.stringify(
    wanted.map(({ transaction_id, transaction_timestamp }) => ({
      id: transaction_id,
      at: transaction_timestamp,
    })),
  );
  const rows = await tx.execute<Found>(sql`
    select w.id, x.transaction_timestamp::text as at, x.is_fraud as fraud, x.archived
    from jsonb_to_recordset(${json}::text::jsonb) as w(id varchar, at timestamptz)
    cross join lateral (
      select t.transaction_timestamp, t.is_fraud, false as archived from transactions t
      where t.transaction_id = w.id and t.transaction_timestamp >= coalesce(w.at, '-infinity')
        and t.transaction_timestamp <= coalesce(w.at, 'infinity')
      union all
      select a.transaction_timestamp, a.is_fraud, true from transactions_archive a
      where a.transaction_id = w.id and a.transaction_timestamp >= coalesce(w.at, '-infinity')
        and a.transaction_timestamp <= coalesce(w.at, 'infinity')
      limit 1) x`);
  return new Map(rows.map((row) => [row.id, row]));
};

type Labelled = { id: string; wasFraud: boolean | null; wasSource: string | null };

const write = async (tx: Tx, found: readonly Found[], label: Label): Promise<Labelled[]> => {
  if (found.length === 0) return [];
  const json = JSON.stringify(
    found.map(({ id, at }) => ({ transaction_id: id, transaction_timestamp: at, is_fraud: isFraud(label) })),
  );
  const rows = await tx.execute<Record<string, unknown>>(sql`
    select transaction_id as id, was_fraud, was_source from label_transactions(${json}::text::jsonb, ${sourceOf(label)})`);
  return rows.map((row) => ({
    id: String(row.id),
    wasFraud: row.was_fraud as boolean | null,
    wasSource: row.was_source as string | null,
  }));
};

/**
 * Labels payments as others have found them to be; each id once. What is known already keeps the time at which it
 * became known, whoever says so again: features of later payments count it from then.
 */
export const setLabels = command({
  name: 'transaction:label',
  can: 'transaction:label',
  input: setLabelsInput,
  topics: ['decisions'],
  run: async ({ tx, input }) => {
    const found = await find(tx, input.labels);
    const value = new Map<string, LabelResult>();
    const audit: AuditEntry[] = [];
    for (const { transaction_id: id, label } of input.labels) {
      const one = found.get(id);
      if (!one) value.set(id, 'unknown');
      else if (one.archived) value.set(id, 'archived');
      else if (one.fraud === isFraud(label)) value.set(id, 'same');
    }
    for (const label of new Set(input.labels.map((one) => one.label))) {
      const open = input.labels.filter((one) => one.label === label && !value.has(one.transaction_id));
      const written = await write(
        tx,
        open.map((one) => found.get(one.transaction_id) as Found),
        label,
      ).catch((error: unknown) => {
        // Its month went into the archive since it was found: asked again, that is the answer.
        throw sqlState(error) === 'VG001' ? new AppError('stale') : error;
      });
      for (const { id, wasFraud, wasSource } of written) {
        value.set(id, wasFraud === null ? 'labelled' : 'changed');
        audit.push({
          resourceType: 'transaction',
          resourceId: id,
          before: { isFraud: wasFraud, labelSource: wasSource },
          after: { isFraud: isFraud(label), labelSource: sourceOf(label), label },
        });
      }
    }
    return { value, audit };
  },
});
