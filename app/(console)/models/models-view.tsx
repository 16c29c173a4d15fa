'use client';

import { IconCrown, IconPointFilled } from '@tabler/icons-react';
import { useTranslations } from 'next-intl';
import { Badge } from '@/components/badge';
import { DASH, formatNumber, formatPercent } from '@/components/format';
import { useLive } from '@/components/live';
import { PageHeader } from '@/components/page-header';
import { type Stat, StatStrip } from '@/components/stat-strip';
import { type Column, DataTable } from '@/components/table';
import { useOpenRow } from '@/components/table-state';
import { Time } from '@/components/time';
import type { Figure } from '@/domain/models/performance';
import type { ModelRow } from '@/domain/models/queries';
import type { ChampionDrift, ChampionQuality } from '@/domain/models/watch';
import page from '../database/database.module.css';
import { DriftPanel } from './drift/drift-panel';
import { RangedFigure } from './figure';
import { ModelSheet } from './model-sheet';
import styles from './models.module.css';
import { QualityPanel } from './quality-panel';
import { WatchNotices } from './watch-notices';

type Props = {
  models: ModelRow[];
  drift?: ChampionDrift;
  quality?: ChampionQuality;
  mayPromote: boolean;
};

/** No name holds a tilde. */
const keyOf = ({ name, version }: { name: string; version: string }) => `${name}~${version}`;

/** Which model scores payments now, which ones could, and how well each did on payments it had not seen. */
export function ModelsView(props: Props) {
  const t = useTranslations('models');
  const open = useOpenRow();
  const models = useLive<ModelRow[]>('model.list', {}, props.models, ['models']);
  const drift = useLive<ChampionDrift>('model.drift', {}, props.drift, ['models']);
  const quality = useLive<ChampionQuality>('model.quality', {}, props.quality, ['models']);
  const rows = models.data ?? [];
  const columns = useModelColumns();
  const opened = rows.find((row) => keyOf(row) === open.key);
  return (
    <>
      <PageHeader title={t('title')} meta={t('meta')} />
      <div className={page.page}>
        <WatchNotices drift={drift.data} quality={quality.data} />
        <ChampionFigures champion={rows.find((row) => row.champion)} />
        <DataTable
          name="models"
          label={t('title')}
          columns={columns}
          rows={rows}
          rowKey={keyOf}
          openKey={open.key}
          onOpen={open.set}
          version={(row) => String(row.champion)}
          foot={rows.every((row) => row.shipped) ? t('untrained') : t('count', { count: rows.length })}
          chooseColumns
        />
        <div className={page.two}>
          <QualityPanel quality={quality} />
          <DriftPanel drift={drift} />
        </div>
      </div>
      {opened && (
        <ModelSheet
          key={keyOf(opened)}
          row={opened}
          champion={rows.find((row) => row.champion)}
          mayPromote={props.mayPromote}
          onClose={open.close}
        />
      )}
    </>
  );
}

function ChampionFigures({ champion }: { champion?: ModelRow }) {
  const t = useTranslations('models');
  const quality = champion?.quality;
  const figure = (of: Figure | null | undefined) => (of ? formatNumber(of.value, 3) : DASH);
  const interval = (of: Figure | null | undefined) =>
    of && of.low !== null && of.high !== null
      ? t('interval', { low: formatNumber(of.low, 3), high: formatNumber(of.high, 3) })
      : t('notJudged');
  const stats: Stat[] = [
    {
      label: t('champion'),
      value: champion?.name ?? DASH,
      note: champion && t('version', { version: champion.version }),
    },
    { label: t('aucRoc'), value: figure(quality?.aucRoc), note: interval(quality?.aucRoc) },
    {
      label: t('averagePrecision'),
      value: figure(quality?.averagePrecision),
      note: interval(quality?.averagePrecision),
    },
    {
      label: t('precision'),
      value: quality?.precision ? formatPercent(quality.precision.value) : DASH,
      note: quality ? t('atThreshold', { threshold: formatNumber(quality.threshold, 2) }) : t('notJudged'),
    },
    {
      label: t('recall'),
      value: quality?.recall ? formatPercent(quality.recall.value) : DASH,
      note: quality ? t('ofFrauds', { count: quality.frauds }) : t('notJudged'),
    },
    {
      label: t('judgedOn'),
      value: quality ? formatNumber(quality.payments) : DASH,
      note: quality ? t('paymentsUnseen') : t('notJudged'),
    },
  ];
  return <StatStrip label={t('champion')} stats={stats} />;
}

/** The one that scores payments, or one that could. */
export function ModelBadge({ champion }: { champion: boolean }) {
  const t = useTranslations('models');
  return champion ? (
    <Badge tone="primary" icon={IconCrown}>
      {t('champion')}
    </Badge>
  ) : (
    <Badge icon={IconPointFilled}>{t('candidate')}</Badge>
  );
}

function useModelColumns(): Column<ModelRow>[] {
  const t = useTranslations('models');
  return [
    {
      id: 'name',
      head: t('model'),
      cell: (row) => (
        <span className={styles.name}>
          {row.name} <span className={styles.quiet}>{row.version}</span>
        </span>
      ),
    },
    {
      id: 'state',
      head: t('state'),
      width: 122,
      cell: (row) => <ModelBadge champion={row.champion} />,
    },
    { id: 'type', head: t('type'), width: 150, wide: 'very', cell: (row) => t(`types.${row.type}`) },
    {
      id: 'auc',
      head: t('aucRoc'),
      width: 170,
      cell: (row) => <RangedFigure figure={row.quality?.aucRoc ?? null} />,
    },
    {
      id: 'ap',
      head: t('averagePrecision'),
      width: 170,
      wide: true,
      cell: (row) => <RangedFigure figure={row.quality?.averagePrecision ?? null} />,
    },
    {
      id: 'judged',
      head: t('judgedOn'),
      width: 120,
      align: 'right',
      wide: 'very',
      cell: (row) => formatNumber(row.quality?.payments ?? null),
    },
    {
      id: 'made',
      head: t('made'),
      width: 130,
      wide: 'very',
      cell: (row) => (row.createdAt ? <Time at={row.createdAt} /> : t('withProduct')),
    },
    {
      id: 'by',
      head: t('by'),
      width: 150,
      hidden: true,
      wide: 'very',
      cell: (row) => row.createdByName ?? '',
    },
  ];
}
