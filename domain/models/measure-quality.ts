import type { TransactionSql } from 'postgres';
import { addDays, type Day, dayOf } from '@/domain/reports/period';
import type { Champion } from './champion';
import { fewestPayments } from './drift';
import { paymentSample } from './payment-sample';
import { type Quality, qualityOf } from './quality';
import type { Reference } from './reference';
import { fewestFrauds } from './worse';

/** Windows that were left out are caught up so far back. */
const mostDays = 31;
const windowDays = 7;
/** Genuine payments of a window that are looked at; frauds are, all of them. */
const mostGenuine = 50_000;

type Window = { from: Day; to: Day };
const instant = (day: Day) => `${day}T00:00:00Z`;

async function fraudsOf(sql: TransactionSql, { model }: Champion, { from, to }: Window): Promise<number> {
  const [row] = await sql`select count(*)::int as frauds from transactions_all x
    join model_predictions p on p.transaction_id = x.transaction_id and p.transaction_timestamp = x.transaction_timestamp
    where x.is_fraud and x.transaction_timestamp >= ${instant(from)}::text::timestamptz
      and x.transaction_timestamp < ${instant(to)}::text::timestamptz
      and p.transaction_timestamp >= ${instant(from)}::text::timestamptz
      and p.transaction_timestamp < ${instant(to)}::text::timestamptz
      and p.model_name = ${model.name} and p.model_version = ${model.version}`;
  return Number(row!.frauds);
}

/**
 * What the champion gave the payments that it scored in a window, against what has become of them: all frauds, a share
 * of the others. One that was stopped and has no label could not become a fraud, and says nothing.
 */
async function judge(
  sql: TransactionSql,
  { model }: Champion,
  { from, to }: Window,
  threshold: number,
): Promise<Quality> {
  const { chosen, share } = await paymentSample(sql, { from: instant(from), to: instant(to) }, mostGenuine);
  const rows = await sql
    .unsafe(
      `with ${chosen}, frauds as materialized (select x.transaction_id, x.transaction_timestamp from transactions_all x
         where x.is_fraud and x.transaction_timestamp >= $1::text::timestamptz and x.transaction_timestamp < $2::text::timestamptz)
       select p.probability, o.fraud from (
         select transaction_id, transaction_timestamp, 1 as fraud from frauds
         union all
         select x.transaction_id, x.transaction_timestamp, 0 from chosen s join transactions_all x
           on x.transaction_id = s.transaction_id and x.transaction_timestamp = s.transaction_timestamp
         where x.transaction_timestamp >= $1::text::timestamptz and x.transaction_timestamp < $2::text::timestamptz
           and (x.is_fraud = false or x.is_fraud is null and x.decision <> 'BLOCK')) o
       join model_predictions p on p.transaction_id = o.transaction_id and p.transaction_timestamp = o.transaction_timestamp
       where p.transaction_timestamp >= $1::text::timestamptz and p.transaction_timestamp < $2::text::timestamptz
         and p.model_name = $3::text and p.model_version = $4::text`,
      [instant(from), instant(to), model.name, model.version],
    )
    .values();
  return qualityOf(
    Float64Array.from(rows, (row) => Number(row[0])),
    Uint8Array.from(rows, (row) => Number(row[1])),
    threshold,
    share,
  );
}

async function keep(
  sql: TransactionSql,
  { model }: Champion,
  { from, to }: Window,
  q: Quality,
): Promise<void> {
  const pair = (of: { low: number; high: number } | null) => of && [of.low, of.high];
  const intervals = JSON.stringify({
    precision: pair(q.precision),
    recall: pair(q.recall),
    aucRoc: pair(q.aucRoc),
    averagePrecision: pair(q.averagePrecision),
  });
  await sql`
    insert into ml_model_performance as m (model_name, model_version, window_start, window_end, true_positives,
      false_positives, true_negatives, false_negatives, precision, recall, f1_score, auc_roc, average_precision,
      threshold, log_loss, intervals, sample_size, source)
    values (${model.name}, ${model.version}, ${instant(from)}, ${instant(to)}, ${q.truePositives}, ${q.falsePositives},
      ${q.trueNegatives}, ${q.falseNegatives}, ${q.precision?.value ?? null}, ${q.recall?.value ?? null}, ${q.f1},
      ${q.aucRoc?.value ?? null}, ${q.averagePrecision?.value ?? null}, ${q.threshold}, ${q.logLoss},
      ${intervals}::text::jsonb, ${q.truePositives + q.falsePositives + q.trueNegatives + q.falseNegatives}, 'live')
    on conflict (model_name, model_version, window_start, window_end) do update set
      true_positives = excluded.true_positives, false_positives = excluded.false_positives,
      true_negatives = excluded.true_negatives, false_negatives = excluded.false_negatives,
      precision = excluded.precision, recall = excluded.recall, f1_score = excluded.f1_score,
      auc_roc = excluded.auc_roc, average_precision = excluded.average_precision, threshold = excluded.threshold,
      log_loss = excluded.log_loss, intervals = excluded.intervals, sample_size = excluded.sample_size, created_at = now()
    where m.source = 'live'`;
}

/** Windows of seven days whose labels are mature, the newest first, since it was promoted. */
function windowsOf({ promotedAt }: Champion, reference: Reference, now: Date, matureDays: number): Window[] {
  const since = promotedAt
    ? addDays(dayOf(new Date(promotedAt.getTime() - 1)), 1)
    : reference.from.slice(0, 10);
  const last = addDays(dayOf(now), -matureDays);
  return Array.from({ length: mostDays }, (_, i) => addDays(last, -i))
    .map((to) => ({ from: addDays(to, -windowDays), to }))
    .filter(({ from }) => from >= since);
}

/**
 * Judges the champion by what has become of the payments it scored: of each seven days that ended so long ago that
 * their labels are known. A window is judged again when frauds have been added to it since.
 * @param until of `performance.now()`: what is left undone then is done by the next run
 */
export async function measureQuality(
  sql: TransactionSql,
  champion: Champion,
  reference: Reference,
  now: Date,
  options: { matureDays: number; reviewAt: number; until: number },
): Promise<{ windows: number; left: number }> {
  const { name, version } = champion.model;
  const windows = windowsOf(champion, reference, now, options.matureDays);
  const kept = await sql`select window_end::text as to, true_positives + false_negatives as frauds
    from ml_model_performance where model_name = ${name} and model_version = ${version} and source = 'live'
      and window_end >= ${instant(windows.at(-1)?.to ?? dayOf(now))}::text::timestamptz`;
  const known = new Map(kept.map((row) => [dayOf(new Date(String(row.to))), Number(row.frauds)]));
  let done = 0;
  for (const [at, window] of windows.entries()) {
    if (performance.now() > options.until) return { windows: done, left: windows.length - at };
    const frauds = await fraudsOf(sql, champion, window);
    if (frauds < fewestFrauds || frauds === known.get(window.to)) continue;
    const quality = await judge(sql, champion, window, champion.plan?.threshold ?? options.reviewAt);
    const { truePositives, falsePositives, trueNegatives, falseNegatives } = quality;
    if (truePositives + falsePositives + trueNegatives + falseNegatives < fewestPayments) continue;
    await keep(sql, champion, window, quality);
    done += 1;
  }
  return { windows: done, left: 0 };
}
