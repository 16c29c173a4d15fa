'use client';

import { useTranslations } from 'next-intl';
import { CopyId } from '@/components/copy-id';
import { Details } from '@/components/details';
import { formatBytes, formatDuration, formatMs, formatNumber, formatPercent } from '@/components/format';
import { Note } from '@/components/note';
import { Time } from '@/components/time';
import type { QueryDetail, QuerySums } from '@/domain/database/query-detail';

/** What the query did in 24 hours, as a sentence; a warning when it is slow. */
export function QuerySentence({ query }: { query: QueryDetail }) {
  const t = useTranslations('database');
  const { day, slowMs } = query;
  if (day.meanMs !== null && day.meanMs >= slowMs)
    return (
      <Note tone="review" title={t('slowTitle', { mean: formatMs(day.meanMs) })}>
        {t('slowText', { limit: formatMs(slowMs), rows: formatNumber(day.rows / day.calls, 1) })}
      </Note>
    );
  return (
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
  );
}

/** 0…1 of the blocks that were in memory, as words. */
export const fromMemory = ({ blocksHit, blocksRead }: QuerySums): string =>
  blocksHit + blocksRead > 0 ? formatPercent(blocksHit / (blocksHit + blocksRead)) : '–';

/** The figures of 24 hours. */
export function QueryFacts({ query }: { query: QueryDetail }) {
  const t = useTranslations('database');
  const { day } = query;
  return (
    <Details
      items={[
        [t('calls'), formatNumber(day.calls)],
        [t('total'), `${formatDuration(day.totalMs / 1000)}, ${formatPercent(day.share)}`],
        [t('rowsReturned'), formatNumber(day.rows)],
        [t('fromCache'), fromMemory(day)],
        day.ioMs > 0 && [t('ioTime'), formatDuration(day.ioMs / 1000)],
        day.tempBytes > 0 && [t('temporary'), formatBytes(day.tempBytes)],
        query.firstSeenAt !== null && [
          t('firstSeen'),
          <Time key="first" at={query.firstSeenAt} style="full" />,
        ],
        [t('lastSeen'), <Time key="last" at={query.lastSeenAt} style="full" />],
        [t('queryId'), <CopyId key="id" id={query.queryId} />],
      ]}
    />
  );
}
