import type { TransactionSql } from 'postgres';
import { storedRuleRow } from '@/domain/rules/fields';
import { features } from '@/domain/transactions/features';
import type { Champion } from './champion';
import { type Distribution, distributionOf, fewestPayments, scoreFeature } from './drift';
import { score } from './model';
import { paymentSample, type Span } from './payment-sample';

/** What all was like when it was well: distributions by feature, of payments of a span. */
export type Reference = Span & { payments: number; distributions: Record<string, Distribution> };

const dayMs = 86_400_000;
const weekDays = 7;
const mostRows = 20_000;
/** Trees take their time, and nobody else of this process has any meanwhile. */
const mostScored = 5_000;
/** The longest window of a feature. */
const fullDays = 30;
/** A reference week is not looked for further back. */
const mostDaysBack = fullDays + weekDays + 1;

const midnight = (ms: number): number => Math.ceil(ms / dayMs) * dayMs;
const at = (ms: number): string => new Date(ms).toISOString();
const week = (ms: number): Span => ({ from: at(ms), to: at(ms + weekDays * dayMs) });

async function rowsOf(sql: TransactionSql, columns: readonly string[], span: Span, most: number) {
  const { chosen } = await paymentSample(sql, span, most);
  return sql.unsafe<Record<string, unknown>[]>(
    `with ${chosen} select ${columns.map((column) => `f.${column}`).join(', ')} from chosen s join ml_features f
       on f.transaction_id = s.transaction_id and f.transaction_timestamp = s.transaction_timestamp
     where f.transaction_timestamp >= $1::text::timestamptz and f.transaction_timestamp < $2::text::timestamptz`,
    [span.from, span.to],
  );
}

/** Distributions of some inputs over a span; null when it has too few payments. */
async function inputsOver(
  sql: TransactionSql,
  inputs: Champion['inputs'],
  span: Span,
): Promise<{ payments: number; distributions: Record<string, Distribution> } | null> {
  const columns = inputs.map(({ column }) => column);
  const rows = await rowsOf(sql, columns, span, mostRows);
  if (rows.length < fewestPayments) return null;
  const numeric = (value: unknown) => (value === null || value === undefined ? Number.NaN : Number(value));
  const distributions = Object.fromEntries(
    inputs.map(({ field, column }) => [
      field,
      distributionOf(Float32Array.from(rows, (row) => numeric(row[column]))),
    ]),
  );
  return { payments: rows.length, distributions };
}

/** How the model scores payments of a span; it need not have decided them. */
async function scoreOver(sql: TransactionSql, champion: Champion, span: Span): Promise<Distribution | null> {
  const columns = features.map(({ column }) => column);
  const rows = await rowsOf(sql, columns, span, mostScored);
  if (rows.length < fewestPayments) return null;
  return distributionOf(
    Float32Array.from(rows, (row) => score(champion.model, storedRuleRow({}, row)).probability),
  );
}

/** Of the payments that it learnt from and, for the score, of those it was judged by. */
async function trainedReference(sql: TransactionSql, champion: Champion): Promise<Reference | null> {
  if (!champion.plan) return null;
  const { trainFrom: from, trainTo: to, assessFrom, assessTo } = champion.plan;
  const inputs = await inputsOver(sql, champion.inputs, { from, to });
  if (!inputs) return null;
  const scores = await scoreOver(sql, champion, { from: assessFrom, to: assessTo });
  return {
    from,
    to,
    payments: inputs.payments,
    distributions: { ...inputs.distributions, ...(scores ? { [scoreFeature]: scores } : {}) },
  };
}

/** When the first payment on record was made; null without any. */
async function firstPayment(sql: TransactionSql): Promise<number | null> {
  const [row] =
    await sql`select extract(epoch from min(transaction_timestamp))::float8 * 1000 as first from transactions_all`;
  return row?.first == null ? null : Number(row.first);
}

/**
 * The first seven full days that it decided. A feature that looks back further than there were payments only fills up:
 * those of thirty days are taken from the first week after the first thirty.
 */
async function weekReference(
  sql: TransactionSql,
  champion: Champion,
  now: Date,
  known: Reference | null,
): Promise<Reference | null> {
  const first = await firstPayment(sql);
  if (first === null) return null;
  const earliest = Math.max(champion.promotedAt?.getTime() ?? 0, now.getTime() - mostDaysBack * dayMs);
  const after = (days: number) => midnight(Math.max(earliest, first + days * dayMs));
  const over = (start: number) => start + weekDays * dayMs <= now.getTime();
  const isLong = ({ windowSeconds }: { windowSeconds: number }) => windowSeconds > weekDays * 86_400;
  const [soon, late] = [after(weekDays), after(fullDays)];
  let made = known;
  if (!made && over(soon)) {
    const inputs = champion.inputs.filter((input) => soon === late || !isLong(input));
    const found = await inputsOver(sql, inputs, week(soon));
    const scores = found && (await scoreOver(sql, champion, week(soon)));
    if (!found || !scores) return null;
    made = { ...week(soon), ...found, distributions: { ...found.distributions, [scoreFeature]: scores } };
  }
  const left = champion.inputs.filter(({ field }) => !made?.distributions[field]);
  if (!made || left.length === 0 || !over(late)) return made;
  const later = await inputsOver(sql, left, week(late));
  return later ? { ...made, distributions: { ...made.distributions, ...later.distributions } } : made;
}

/** The champion's reference, made and kept when there is enough to make it from; null until then. */
export async function championReference(
  sql: TransactionSql,
  champion: Champion,
  now: Date,
): Promise<Reference | null> {
  const { name, version } = champion.model;
  const [row] = await sql`select from_at, to_at, payments, distributions from model_references
    where model_name = ${name} and model_version = ${version} and from_at is not null`;
  const known: Reference | null = row
    ? {
        from: new Date(String(row.from_at)).toISOString(),
        to: new Date(String(row.to_at)).toISOString(),
        payments: Number(row.payments),
        distributions: row.distributions as Record<string, Distribution>,
      }
    : null;
  if (known && champion.inputs.every(({ field }) => known.distributions[field])) return known;
  const made =
    (known ? null : await trainedReference(sql, champion)) ??
    (await weekReference(sql, champion, now, known));
  if (!made || made === known) return made;
  await sql`insert into model_references as r (model_name, model_version, from_at, to_at, payments, distributions)
    values (${name}, ${version}, ${made.from}, ${made.to}, ${made.payments}, ${JSON.stringify(made.distributions)}::text::jsonb)
    on conflict (model_name, model_version) do update set from_at = excluded.from_at, to_at = excluded.to_at,
      payments = excluded.payments, distributions = excluded.distributions`;
  return made;
}
