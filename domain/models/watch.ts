import { sql } from 'drizzle-orm';
import type { Db } from '@/db/client';
import { AppError } from '@/domain/errors';
import { readSetting } from '@/domain/settings/read';
import { type Distribution, type DriftVerdict, driftVerdict, scoreFeature } from './drift';
import { namedChampion } from './named-champion';
import { iso, type ModelQuality, qualityColumns, storedQuality } from './performance';
import { fifthsOf } from './score-fifths';
import { fallLimits, type Standing, standingOf } from './worse';

type Named = { name: string; version: string };
/** Days, and weeks that end on a day, that are read. */
const mostDays = 31;
const mostWeeks = 90;

export type DriftDay = {
  /** A UTC day. */
  day: string;
  payments: number;
  /** Of the feature that lay furthest off, the score left out; null is too little data. */
  worst: number | null;
  worstFeature: string | null;
  /** Of the score. */
  score: number | null;
  /** Features from 0.1 on, and of these from 0.25 on. */
  moderate: number;
  significant: number;
  /** Shares of payments that score like each fifth of the reference, the lowest first; null without any. */
  fifths: number[] | null;
};
export type FeatureDrift = {
  /** A field of the catalogue, or `score`. */
  feature: string;
  psi: number | null;
  payments: number;
  verdict: DriftVerdict;
  /** By day, the oldest first. */
  history: (number | null)[];
};
export type ChampionDrift = {
  model: Named;
  /** Null until there is enough to stand against. */
  reference: { from: string; to: string; payments: number } | null;
  days: DriftDay[];
  /** The newest day that says something; `features` are of it, those that lay furthest off first. */
  day: string | null;
  features: FeatureDrift[];
};
export type FeatureDays = {
  feature: string;
  day: string;
  psi: number | null;
  reference: Distribution;
  counts: number[];
};
export type ChampionQuality = {
  model: Named;
  matureDays: number;
  /** Its evaluation before it was promoted. */
  training: ModelQuality | null;
  /** Weeks that end on each day, the oldest first. */
  weeks: ModelQuality[];
  /** Null while there is too little to compare. */
  standing: Standing | null;
  verdict: 'as_before' | 'worse' | 'far_worse' | 'too_little';
};

type Stored = { from_at: unknown; to_at: unknown; payments: number; score: Distribution | null };
async function referenceOf(db: Db, { name, version }: Named): Promise<Stored | undefined> {
  const [row] = await db.execute<Stored>(sql`
    select from_at, to_at, payments, distributions -> ${scoreFeature}::text as score from model_references
    where model_name = ${name} and model_version = ${version} and from_at is not null`);
  return row;
}

type Row = { day: string; feature: string; psi: number | null; payments: number; counts: number[] | null };

function dayOf(day: string, rows: readonly Row[], score: Distribution | null): DriftDay {
  const own = rows.find((row) => row.feature === scoreFeature);
  const features = rows
    .filter((row) => row.feature !== scoreFeature && row.psi !== null)
    .sort((a, b) => b.psi! - a.psi!);
  const over = (verdict: DriftVerdict) => features.filter(({ psi }) => driftVerdict(psi) === verdict).length;
  return {
    day,
    payments: Math.max(0, ...rows.map((row) => row.payments)),
    worst: features[0]?.psi ?? null,
    worstFeature: features[0]?.feature ?? null,
    score: own?.psi ?? null,
    moderate: over('moderate') + over('significant'),
    significant: over('significant'),
    fifths: score && own?.psi != null && own.counts ? fifthsOf(score.counts, own.counts) : null,
  };
}

/** How far features and scores lay from the champion's reference, by day, and each feature on the newest one. */
export async function championDrift(db: Db): Promise<ChampionDrift> {
  const model = await namedChampion(db);
  const reference = await referenceOf(db, model);
  const rows = await db.execute<Row>(sql`
    select day::text as day, feature, psi, payments, case when feature = ${scoreFeature} then counts end as counts
    from model_drift where model_name = ${model.name} and model_version = ${model.version}
      and day > (now() at time zone 'UTC')::date - ${mostDays + 1}::int order by day, feature`);
  const byDay = new Map<string, Row[]>();
  for (const row of rows) byDay.set(row.day, [...(byDay.get(row.day) ?? []), row]);
  const told = rows.filter((row) => row.psi !== null).at(-1)?.day ?? null;
  const days = [...byDay.keys()];
  const psiOf = new Map(rows.map((row) => [`${row.day} ${row.feature}`, row.psi]));
  return {
    model,
    reference: reference
      ? {
          from: iso(reference.from_at) as string,
          to: iso(reference.to_at) as string,
          payments: Number(reference.payments),
        }
      : null,
    days: days.map((day) => dayOf(day, byDay.get(day)!, reference?.score ?? null)),
    day: told,
    features: (told ? byDay.get(told)! : [])
      .map(({ feature, psi, payments }) => ({
        feature,
        psi,
        payments,
        verdict: driftVerdict(psi),
        history: days.map((day) => psiOf.get(`${day} ${feature}`) ?? null),
      }))
      .sort((a, b) => (b.psi ?? -1) - (a.psi ?? -1)),
  };
}

/**
 * The bins of one feature: the reference beside the newest day that says something.
 * @throws AppError('not_found') for a feature that the champion does not have
 */
export async function featureDrift(db: Db, feature: string): Promise<FeatureDays> {
  const { name, version } = await namedChampion(db);
  const [row] = await db.execute<Omit<FeatureDays, 'feature'>>(sql`
    select d.day::text as day, d.psi, d.counts, r.distributions -> d.feature as reference
    from model_drift d join model_references r on r.model_name = d.model_name and r.model_version = d.model_version
    where d.model_name = ${name} and d.model_version = ${version} and d.feature = ${feature} and d.psi is not null
    order by d.day desc limit 1`);
  if (!row) throw new AppError('not_found', { detail: 'feature' });
  return { feature, day: row.day, psi: row.psi, counts: row.counts, reference: row.reference };
}

const verdictOf = (standing: Standing | null): ChampionQuality['verdict'] => {
  if (!standing) return 'too_little';
  const { least } = standing.fall;
  return least >= fallLimits.far ? 'far_worse' : least >= fallLimits.worse ? 'worse' : 'as_before';
};

/** How good the champion was, week by week as labels became known, and whether it got worse. */
export async function championQuality(db: Db): Promise<ChampionQuality> {
  const model = await namedChampion(db);
  const read = async (source: 'training' | 'live', order: 'asc' | 'desc', most: number) => {
    const rows = await db.execute<Record<string, unknown>>(sql`
      select ${sql.raw(qualityColumns)} from ml_model_performance where model_name = ${model.name}
        and model_version = ${model.version} and source = ${source}
      order by window_end ${sql.raw(order)} limit ${most}`);
    return rows.map((row) => storedQuality(row) as ModelQuality);
  };
  const [training = null] = await read('training', 'desc', 1);
  const first = await read('live', 'asc', 1);
  const weeks = (await read('live', 'desc', mostWeeks)).reverse();
  const standing = standingOf(training, [...first, ...weeks]);
  return {
    model,
    matureDays: await readSetting(db, 'model.mature_days'),
    training,
    weeks,
    standing,
    verdict: verdictOf(standing),
  };
}
