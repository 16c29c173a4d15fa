'use client';

import { useTranslations } from 'next-intl';
import { Details } from '@/components/details';
import { formatNumber, formatPercent } from '@/components/format';
import { useLive } from '@/components/live';
import { SideSheet } from '@/components/side-sheet';
import { type Column, DataTable } from '@/components/table';
import { scoreFeature } from '@/domain/models/drift';
import type { ChampionDrift, FeatureDays, FeatureDrift } from '@/domain/models/watch';
import { LiveProblem } from '../../security/live-problem';
import styles from '../models.module.css';
import { DriftBadge } from './drift-badge';
import { DriftChart } from './drift-chart';
import { dayWords, useDriftWords } from './words';

type Props = { row: FeatureDrift; drift: ChampionDrift; onClose: () => void };

/** One feature: how its index went, and its values of the last day beside those of the reference. */
export function FeatureSheet({ row, drift, onClose }: Props) {
  const t = useTranslations('drift');
  const words = useDriftWords();
  const found = useLive<FeatureDays>('model.drift-feature', { feature: row.feature }, undefined, ['models']);
  const label = t('psi');
  return (
    <SideSheet
      title={words.feature(row.feature)}
      id={row.feature === scoreFeature ? undefined : row.feature}
      onClose={onClose}
    >
      <p>{t(`sentence.${row.verdict}`, { day: drift.day ? dayWords(drift.day) : '' })}</p>
      <Details
        wide
        items={[
          [t('verdict'), <DriftBadge key="verdict" verdict={row.verdict} />],
          [t('psi'), formatNumber(row.psi, 3)],
          [t('payments'), formatNumber(row.payments)],
        ]}
      />
      <h3 className={styles.heading}>{t('byDay')}</h3>
      <DriftChart
        label={label}
        points={drift.days.map(({ day }, i) => ({ day, psi: row.history[i] ?? null }))}
        lines={[{ key: 'psi', label, color: 'var(--vg-link)' }]}
        height={112}
      />
      {found.data?.feature === row.feature ? (
        <Bins found={found.data} />
      ) : (
        <LiveProblem error={found.error} />
      )}
    </SideSheet>
  );
}

type Bin = { bin: number; label: string; reference: number; now: number };

/** Two histograms side by side: the share of the payments in each bin, then and now. */
function Bins({ found }: { found: FeatureDays }) {
  const t = useTranslations('drift');
  const words = useDriftWords();
  const share = (of: readonly number[], bin: number) => {
    const all = of.reduce((sum, count) => sum + count, 0);
    return all > 0 ? of[bin]! / all : 0;
  };
  const rows: Bin[] = words.bins(found.feature, found.reference.cuts).map((label, bin) => ({
    bin,
    label,
    reference: share(found.reference.counts, bin),
    now: share(found.counts, bin),
  }));
  const most = Math.max(...rows.flatMap((row) => [row.reference, row.now])) || 1;
  const column = (id: 'reference' | 'now', head: string): Column<Bin> => ({
    id,
    head,
    width: 112,
    align: 'right',
    share: (row) => row[id] / most,
    cell: (row) => formatPercent(row[id]),
  });
  return (
    <>
      <h3 className={styles.heading}>{t('values')}</h3>
      <p className={styles.question}>{t('valuesQuestion')}</p>
      <DataTable
        name="drift-bins"
        label={t('values')}
        columns={[
          { id: 'bin', head: t('value'), cell: (row) => row.label },
          column('reference', t('reference')),
          column('now', dayWords(found.day)),
        ]}
        rows={rows.filter((row) => row.reference > 0 || row.now > 0)}
        rowKey={({ bin }) => String(bin)}
        inPanel
      />
    </>
  );
}
