import type { TransactionSql } from 'postgres';
import { type ModelQuality, qualityColumns, storedQuality } from '@/domain/models/performance';
import { shippedModel } from '@/domain/models/shipped';
import { standingOf } from '@/domain/models/worse';
import { group } from './group';
import type { Reading } from './judge';

type Champion = { name: string; version: string };

const readChampion = async (tx: TransactionSql): Promise<Champion> => {
  const [row] = await tx`
    select /* vigil:sample */ model_name as name, model_version as version from models where is_champion`;
  return (row as unknown as Champion) ?? { name: shippedModel.name, version: shippedModel.version };
};

/** The newest full day that was watched, its most shifted features first. */
const drift = async (tx: TransactionSql, { name, version }: Champion): Promise<Reading> => {
  const rows = await tx`
    select /* vigil:sample */ d.day::text as day, d.feature, d.psi, d.payments from model_drift d
    where d.model_name = ${name} and d.model_version = ${version} and d.day = (select max(day) from model_drift
      where model_name = ${name} and model_version = ${version}) order by d.psi desc nulls last, d.feature`;
  const known = rows.filter((row) => row.psi !== null);
  const worst = known[0];
  if (!worst) return { tooLittle: rows.length > 0 ? 'few_events' : 'no_samples' };
  return {
    value: Number(worst.psi),
    examined: known.length,
    facts: { object: String(worst.feature), day: String(worst.day), model: `${name} ${version}` },
    evidence: known.map((row) => [String(row.feature), Number(row.psi), Number(row.payments)]),
  };
};

const quality = async (tx: TransactionSql, { name, version }: Champion): Promise<Reading> => {
  const rows = await tx`
    select /* vigil:sample */ p.source, ${tx.unsafe(qualityColumns)} from (
      select *, row_number() over (partition by source order by window_end) as first,
        row_number() over (partition by source order by window_end desc) as last
      from ml_model_performance where model_name = ${name} and model_version = ${version}) p
    where p.first = 1 or p.last = 1 order by p.window_end`;
  const of = (source: string) =>
    rows.filter((row) => row.source === source).map((row) => storedQuality(row) as ModelQuality);
  const live = of('live');
  const standing = standingOf(of('training').at(-1) ?? null, live);
  if (!standing) return { tooLittle: live.length > 0 ? 'short_window' : 'no_samples' };
  const { fall, now } = standing;
  const percent = (share: number) => ({ value: share * 100, unit: 'percent' as const });
  return {
    value: fall.least * 100,
    examined: now.payments,
    facts: {
      object: `${name} ${version}`,
      figure: fall.figure,
      before: percent(fall.before.value),
      after: percent(fall.after.value),
    },
    evidence: [[fall.figure, fall.before.value * 100, fall.after.value * 100, fall.least * 100]],
  };
};

/** The model that scores payments: whether it sees what it was made for, and is as good as it was. */
export const modelChecks = group({
  name: 'models',
  timeoutMs: 1_000,
  slow: true,
  checks: ['modelDrift', 'modelQuality'],
  read: async (tx) => {
    const champion = await readChampion(tx);
    return { modelDrift: await drift(tx, champion), modelQuality: await quality(tx, champion) };
  },
});
