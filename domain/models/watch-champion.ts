import type { TransactionSql } from 'postgres';
import { settings } from '@/domain/settings/catalogue';
import { readChampion } from './champion';
import { measureDrift } from './measure-drift';
import { measureQuality } from './measure-quality';
import { championReference } from './reference';

/** Drift and quality each end soon after; the rest is for the next run. */
const longestMs = 10_000;

async function settingsOf(sql: TransactionSql): Promise<{ matureDays: number; reviewAt: number }> {
  const keys = ['model.mature_days', 'decision.review_at'] as const;
  const rows =
    await sql`select config_key as key, config_value as value from system_config where config_key in ${sql([...keys])}`;
  const stored = new Map(rows.map((row) => [String(row.key), row.value]));
  const [matureDays, reviewAt] = keys.map((key) => {
    const parsed = settings[key].schema.safeParse(stored.get(key));
    return parsed.success ? parsed.data : settings[key].initial;
  }) as [number, number];
  return { matureDays, reviewAt };
}

export type Watched = { days: number; windows: number; left: number };

/**
 * Watches the champion: how far its inputs and scores have drifted by day, and how good it was once labels are known.
 * Null while there is no reference: too few payments, or no full week since it was promoted.
 */
export async function watchChampion(
  sql: TransactionSql,
  now: Date,
  most = longestMs,
): Promise<Watched | null> {
  // A month of features is not to be read for a day of them, however the planner counts.
  await sql`select set_config('enable_seqscan', 'off', true), set_config('jit', 'off', true)`;
  const until = () => performance.now() + most;
  const champion = await readChampion(sql);
  const reference = await championReference(sql, champion, now);
  if (!reference) return null;
  const drift = await measureDrift(sql, champion, reference, now, until());
  const quality = await measureQuality(sql, champion, reference, now, {
    ...(await settingsOf(sql)),
    until: until(),
  });
  return { days: drift.days, windows: quality.windows, left: drift.left + quality.left };
}
