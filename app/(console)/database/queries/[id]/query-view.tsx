'use client';

import { useTranslations } from 'next-intl';
import { formatDuration, formatMs, formatNumber, formatPercent } from '@/components/format';
import { useLive } from '@/components/live';
import { PageHeader } from '@/components/page-header';
import { Panel } from '@/components/panel';
import { type Stat, StatStrip } from '@/components/stat-strip';
import type { QueryDetail } from '@/domain/database/query-detail';
import styles from '../../database.module.css';
import { oneLine } from '../../query-text';
import { RangeControl, useRange } from '../../range-control';
import { SqlBlock } from '../../sql-block';
import { PlanView } from '../plan-view';
import { QueryCallers } from '../query-callers';
import { QueryCharts, useQuerySeries } from '../query-charts';
import { fromMemory, QueryFacts, QuerySentence } from '../query-facts';
import { usePlan } from '../use-plan';

type Props = { initial: QueryDetail; mayExplain: boolean };

/** The page of one query: its figures, its text and history at the left, its plan and callers at the right. */
export function QueryView({ initial, mayExplain }: Props) {
  const t = useTranslations('database');
  const [range] = useRange('7d');
  const live = useLive<QueryDetail>('database.query', { queryId: initial.queryId }, initial, ['health']);
  const query = live.data ?? initial;
  const plan = usePlan(query.queryId, mayExplain);
  const series = useQuerySeries(query.queryId, range);
  const points = series.data?.points ?? [];
  return (
    <>
      <PageHeader
        title={oneLine(query.text, 60)}
        parent={{ href: '/database/queries', label: t('queriesTitle') }}
      >
        <RangeControl usual="7d" />
      </PageHeader>
      <div className={styles.page}>
        <QuerySentence query={query} />
        <Figures query={query} />
        <div className={styles.two}>
          <Panel
            title={t('history')}
            question={t('historyQuestion')}
            live={series}
            height={420}
            table={{
              head: [t('time'), t('mean'), t('figures.share'), t('calls'), t('rows')],
              rows: points.map((one) => [one.at, one.meanMs, one.sharePercent, one.calls, one.rows]),
            }}
            csvName="query-history"
          >
            <QueryCharts query={query} range={range} />
          </Panel>
          <div className={styles.page}>
            <Panel title={t('text')}>
              <SqlBlock text={query.text} />
            </Panel>
            <Panel title={t('plan.title')} question={t('plan.question')}>
              <PlanView {...plan} />
            </Panel>
            <Panel title={t('callers')} question={t('callersQuestion')} flush>
              <QueryCallers query={query} />
            </Panel>
            <Panel title={t('day')}>
              <QueryFacts query={query} />
            </Panel>
          </div>
        </div>
      </div>
    </>
  );
}

function Figures({ query: { day } }: { query: QueryDetail }) {
  const t = useTranslations('database');
  const stats: Stat[] = [
    { label: t('timeShare'), value: formatPercent(day.share), note: formatDuration(day.totalMs / 1000) },
    { label: t('mean'), value: formatMs(day.meanMs) },
    { label: t('calls'), value: formatNumber(day.calls) },
    { label: t('rowsPerCall'), value: formatNumber(day.calls > 0 ? day.rows / day.calls : null, 1) },
    { label: t('fromCache'), value: fromMemory(day) },
  ];
  return <StatStrip label={t('day')} stats={stats} />;
}
