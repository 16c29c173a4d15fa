'use client';

import { useTranslations } from 'next-intl';
import { DASH, formatNumber } from '@/components/format';
import { useLive } from '@/components/live';
import { PageHeader } from '@/components/page-header';
import { Sparkline } from '@/components/sparkline';
import { type Stat, StatStrip } from '@/components/stat-strip';
import { type Column, DataTable } from '@/components/table';
import { useOpenRow } from '@/components/table-state';
import { Time } from '@/components/time';
import type { ChampionDrift, FeatureDrift } from '@/domain/models/watch';
import page from '../../database/database.module.css';
import { DriftBadge } from './drift-badge';
import { DriftPanel, useNothingWatched } from './drift-panel';
import { FeatureSheet } from './feature-sheet';
import { ScoresPanel } from './scores-panel';
import { dayWords, useDriftWords } from './words';

/** Whether the champion still sees what it was made for: by day, by feature, and in its scores. */
export function DriftView({ drift: first }: { drift: ChampionDrift }) {
  const t = useTranslations('drift');
  const drift = useLive<ChampionDrift>('model.drift', {}, first, ['models']);
  const open = useOpenRow();
  const data = drift.data ?? first;
  const opened = data.features.find(({ feature }) => feature === open.key);
  const nothing = useNothingWatched(data);
  return (
    <>
      <PageHeader title={t('title')} meta={t('meta')} />
      <div className={page.page}>
        <DriftFigures data={data} />
        <div className={page.two}>
          <DriftPanel drift={drift} />
          <ScoresPanel drift={drift} />
        </div>
        <DataTable
          name="drift"
          label={t('features')}
          columns={useDriftColumns()}
          rows={data.features}
          rowKey={({ feature }) => feature}
          openKey={open.key}
          onOpen={open.set}
          version={({ psi }) => String(psi)}
          foot={data.day ? t('foot', { count: data.features.length, day: dayWords(data.day) }) : undefined}
          empty={
            nothing && (
              <>
                <strong>{nothing.title}</strong> {nothing.hint}
              </>
            )
          }
          chooseColumns
        />
      </div>
      {opened && <FeatureSheet key={opened.feature} row={opened} drift={data} onClose={open.close} />}
    </>
  );
}

function DriftFigures({ data }: { data: ChampionDrift }) {
  const t = useTranslations('drift');
  const words = useDriftWords();
  const last = data.days.find(({ day }) => day === data.day);
  const { reference } = data;
  const stats: Stat[] = [
    {
      label: t('champion'),
      value: data.model.name,
      note: t('version', { version: data.model.version }),
    },
    {
      label: t('day'),
      value: data.day ? dayWords(data.day) : DASH,
      note: last ? t('ofPayments', { payments: formatNumber(last.payments) }) : t('noneYet'),
    },
    {
      label: t('worst'),
      value: formatNumber(last?.worst ?? null, 3),
      note: last?.worstFeature ? words.feature(last.worstFeature) : t('noneYet'),
    },
    {
      label: t('score'),
      value: formatNumber(last?.score ?? null, 3),
      note: t('ofDecided'),
    },
    {
      label: t('shifted'),
      value: last ? formatNumber(last.moderate) : DASH,
      note: last ? t('ofThemSignificant', { count: last.significant }) : t('noneYet'),
    },
    {
      label: t('reference'),
      value: reference ? formatNumber(reference.payments) : DASH,
      note: reference ? (
        <>
          <Time at={reference.from} style="day" /> – <Time at={reference.to} style="day" />
        </>
      ) : (
        t('noneYet')
      ),
    },
  ];
  return <StatStrip label={t('title')} stats={stats} />;
}

function useDriftColumns(): Column<FeatureDrift>[] {
  const t = useTranslations('drift');
  const words = useDriftWords();
  return [
    { id: 'feature', head: t('feature'), cell: (row) => words.feature(row.feature) },
    {
      id: 'verdict',
      head: t('verdict'),
      width: 130,
      cell: (row) => <DriftBadge verdict={row.verdict} />,
    },
    {
      id: 'history',
      head: t('lately'),
      width: 90,
      wide: true,
      cell: (row) => <Sparkline values={row.history} height={24} />,
    },
    { id: 'psi', head: t('psi'), width: 90, align: 'right', cell: (row) => formatNumber(row.psi, 3) },
    {
      id: 'payments',
      head: t('payments'),
      width: 110,
      align: 'right',
      wide: 'very',
      cell: (row) => formatNumber(row.payments),
    },
  ];
}
