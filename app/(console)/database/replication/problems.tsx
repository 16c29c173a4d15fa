'use client';

import { useTranslations } from 'next-intl';
import { Note } from '@/components/note';
import type { AnalyticsReading } from '@/db/analytics';
import type { Publication } from '@/domain/replication/publication';
import type { ReplicationSnapshot } from '@/domain/replication/queries';

type Props = {
  snapshot: ReplicationSnapshot;
  analytics?: AnalyticsReading;
  publication?: Publication | null;
};

/** What no check says: what this login may not see, and an offer to subscribers that is not whole. */
export function Problems({ snapshot, analytics, publication }: Props) {
  const t = useTranslations('replication');
  const { server, receivers } = snapshot;
  const left = publication?.tables.filter((table) => !table.published) ?? [];
  const partitioned = publication?.tables.some((table) => table.published && table.partitioned);
  return (
    <>
      {server.role === 'standby' && (
        <Note tone="review" title={t('onStandby')}>
          {t('onStandbyHint')}
        </Note>
      )}
      {!server.monitor && receivers.length > 0 && (
        <Note tone="review" title={t('unseen', { count: receivers.length })}>
          {t('unseenHint')}
        </Note>
      )}
      {analytics && (analytics.state === 'behind' || analytics.state === 'away') && (
        <Note tone="review" title={t('readsHere')}>
          {t(analytics.state === 'behind' ? 'why.behind' : `why.${analytics.why ?? 'unreachable'}`, {
            seconds: analytics.maxLagSeconds,
          })}
        </Note>
      )}
      {publication && partitioned && !publication.viaRoot && (
        <Note tone="review" title={t('notViaRoot')}>
          {t('notViaRootHint')}
        </Note>
      )}
      {left.length > 0 && (
        <Note
          tone="review"
          title={t('leftOut', { count: left.length, tables: left.map((table) => table.name).join(', ') })}
        >
          {t('leftOutHint')}
        </Note>
      )}
    </>
  );
}
