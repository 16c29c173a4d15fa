import type { TransactionSql } from 'postgres';
import { addDays, type Day, dayOf } from '@/domain/reports/period';
import type { Champion } from './champion';
import { type Distribution, fewestPayments, psi, scoreFeature } from './drift';
import { paymentSample } from './payment-sample';
import type { Reference } from './reference';

/** Days that passed unwatched are caught up so far back. */
const mostDays = 31;
/** Payments of a day that are looked at. */
const mostPayments = 20_000;

/** Payments of a day by bin, of each feature of the reference; the score is that of payments it decided. */
async function countDay(
  sql: TransactionSql,
  { model, inputs }: Champion,
  { distributions }: Reference,
  day: Day,
): Promise<Map<string, number[]>> {
  const [from, to] = [`${day}T00:00:00Z`, `${addDays(day, 1)}T00:00:00Z`];
  const { chosen } = await paymentSample(sql, { from, to }, mostPayments);
  const values: string[] = [from, to, model.name, model.version];
  const line = (feature: string, value: string) => {
    values.push(`{${distributions[feature]!.cuts.join(',')}}`);
    const name =
      feature === scoreFeature ? `case when p.probability is not null then 'score' end` : `'${feature}'`;
    return `(${name}, width_bucket(${value}::float8, $${values.length}::text::float8[]))`;
  };
  const lines = inputs
    .filter(({ field }) => distributions[field])
    .map(({ field, column, boolean }) => line(field, boolean ? `f.${column}::int` : `f.${column}`));
  if (distributions[scoreFeature]) lines.push(line(scoreFeature, 'p.probability'));
  const rows = await sql.unsafe<{ feature: string; bin: number | null; payments: number }[]>(
    `with ${chosen} select v.feature, v.bin, count(*)::int as payments from chosen s
     join ml_features f on f.transaction_id = s.transaction_id and f.transaction_timestamp = s.transaction_timestamp
       and f.transaction_timestamp >= $1::text::timestamptz and f.transaction_timestamp < $2::text::timestamptz
     left join model_predictions p on p.transaction_id = s.transaction_id
       and p.transaction_timestamp = s.transaction_timestamp
       and p.transaction_timestamp >= $1::text::timestamptz and p.transaction_timestamp < $2::text::timestamptz
       and p.model_name = $3::text and p.model_version = $4::text
     cross join lateral (values ${lines.join(', ')}) v(feature, bin)
     where v.feature is not null group by 1, 2`,
    values,
  );
  return countsOf(distributions, rows);
}

function countsOf(
  distributions: Record<string, Distribution>,
  rows: readonly { feature: string; bin: number | null; payments: number }[],
): Map<string, number[]> {
  const counts = new Map(
    Object.entries(distributions).map(([feature, { counts: then }]) => [
      feature,
      new Array<number>(then.length).fill(0),
    ]),
  );
  for (const { feature, bin, payments } of rows) {
    const of = counts.get(feature)!;
    of[bin ?? of.length - 1]! += payments;
  }
  return counts;
}

/** The full days that have no figures yet, the newest first. */
async function daysToMeasure(
  sql: TransactionSql,
  { model }: Champion,
  reference: Reference,
  now: Date,
): Promise<Day[]> {
  const today = dayOf(now);
  const after = dayOf(new Date(Date.parse(reference.to) + 86_399_999));
  const first = [addDays(today, -mostDays), after].sort()[1]!;
  const done = await sql`select day::text from model_drift where model_name = ${model.name}
    and model_version = ${model.version} and feature = ${scoreFeature} and day >= ${first}::text::date`;
  const known = new Set(done.map((row) => String(row.day)));
  const days: Day[] = [];
  for (let day = addDays(today, -1); day >= first; day = addDays(day, -1))
    if (!known.has(day)) days.push(day);
  return days;
}

/**
 * Holds each full day since the reference against it, the newest first: what `until` (of `performance.now()`) leaves
 * undone is done by the next run. A day with fewer than 500 payments has its counts kept and no index.
 */
export async function measureDrift(
  sql: TransactionSql,
  champion: Champion,
  reference: Reference,
  now: Date,
  until: number,
): Promise<{ days: number; left: number }> {
  const { name, version } = champion.model;
  const days = await daysToMeasure(sql, champion, reference, now);
  let done = 0;
  for (const day of days) {
    if (done > 0 && performance.now() > until) break;
    const counts = await countDay(sql, champion, reference, day);
    // The score stands for the day: it has a row of every day that was looked at.
    if (!counts.has(scoreFeature)) counts.set(scoreFeature, []);
    const rows = [...counts].map(([feature, now]) => {
      const payments = now.reduce((sum, count) => sum + count, 0);
      const then = reference.distributions[feature]?.counts ?? [];
      return { feature, payments, counts: now, psi: payments < fewestPayments ? null : psi(then, now) };
    });
    await sql`insert into model_drift (model_name, model_version, day, feature, psi, payments, counts)
      select ${name}, ${version}, ${day}::text::date, r.feature, r.psi, r.payments, r.counts
      from jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb) as r(feature text, psi real, payments int, counts int[])
      on conflict (model_name, model_version, day, feature) do nothing`;
    done += 1;
  }
  return { days: done, left: days.length - done };
}
