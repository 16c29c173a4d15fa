'use client';

import { useTranslations } from 'next-intl';
import { TimeChart } from '@/components/charts';
import { CopyId } from '@/components/copy-id';
import { Details } from '@/components/details';
import { formatDuration, formatMs, formatNumber, formatPercent } from '@/components/format';
import { useLive } from '@/components/live';
import { Note } from '@/components/note';
import { PanelState, problemOf } from '@/components/panel-state';
import { SideSheet } from '@/components/side-sheet';
import { Time } from '@/components/time';
import type { QueryDetail } from '@/domain/database/queries';
import type { QuerySeries } from '@/domain/database/query-stats';
import styles from '../database.module.css';
import { oneLine, QueryText } from '../query-text';

/** One query: what it took, its text, and its mean time over seven days with the limit drawn. */
export function QuerySheet({ queryId, onClose }: { queryId: string; onClose: () => void }) {
  const t = useTranslations('database');
  const query = useLive<QueryDetail>('database.query', { queryId }, undefined, ['health']);
  const problem = problemOf(query);
  const title = query.data ? oneLine(query.data.text, 44) : t('query');
  return (
    <SideSheet title={title} onClose={onClose}>
      {!query.data && <PanelState problem={problem} height={200} retry={() => query.refetch()} />}
      {query.data && <Detail query={query.data} />}
    </SideSheet>
  );
}

function Detail({ query }: { query: QueryDetail }) {
  const t = useTranslations('database');
  const { day } = query;
  const slow = day.meanMs !== null && day.meanMs >= query.slowMs;
  const blocks = day.blocksHit + day.blocksRead;
  return (
    <>
      {slow ? (
        <Note tone="review" title={t('slowTitle', { mean: formatMs(day.meanMs) })}>
          {t('slowText', { limit: formatMs(query.slowMs), rows: formatNumber(day.rows / day.calls, 1) })}
        </Note>
      ) : (
        <p>
          {day.calls === 0
            ? t('didNotRun')
            : t('ran', {
                count: day.calls,
                calls: formatNumber(day.calls),
                total: formatDuration(day.totalMs / 1000),
                mean: formatMs(day.meanMs),
              })}
        </p>
      )}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <pre className={`${styles.sql} vg-mono`} tabIndex={0}>
        <QueryText text={query.text} />
      </pre>
      <History query={query} />
      <Details
        items={[
          [t('calls'), formatNumber(day.calls)],
          [t('total'), formatDuration(day.totalMs / 1000)],
          [t('rowsReturned'), formatNumber(day.rows)],
          [t('fromCache'), blocks > 0 ? formatPercent(day.blocksHit / blocks) : '–'],
          [t('role'), query.roles.join(', ')],
          query.firstSeenAt !== null && [
            t('firstSeen'),
            <Time key="first" at={query.firstSeenAt} style="full" />,
          ],
          [t('lastSeen'), <Time key="last" at={query.lastSeenAt} style="full" />],
          [t('queryId'), <CopyId key="id" id={query.queryId} />],
        ]}
      />
    </>
  );
}

function History({ query }: { query: QueryDetail }) {
  const t = useTranslations('database');
  const series = useLive<QuerySeries>(
    'database.query-series',
    { queryId: query.queryId, range: '7d' },
    undefined,
    ['health'],
  );
  const points = series.data?.points ?? [];
  const known = points.filter((point) => point.meanMs !== null);
  return (
    <section aria-label={t('history')}>
      <div className={styles.figure}>
        <h3>{t('history')}</h3>
        <span className="vg-num">{formatMs(known.at(-1)?.meanMs)}</span>
      </div>
      {series.data ? (
        <TimeChart
          label={t('history')}
          kind={known.length > 2 ? 'line' : 'bars'}
          points={points.map((point) => ({ at: point.at, mean: point.meanMs }))}
          stepSeconds={series.data.stepSeconds}
          series={[{ key: 'mean', label: t('mean'), color: 'var(--vg-link)' }]}
          limits={[
            { value: query.slowMs, label: t('slowAbove', { limit: formatMs(query.slowMs) }), tone: 'review' },
          ]}
          format={(value) => formatMs(value)}
          tickFormat={(value) => formatMs(value)}
          height={132}
        />
      ) : (
        <PanelState problem={problemOf(series)} height={156} retry={() => series.refetch()} />
      )}
    </section>
  );
}
