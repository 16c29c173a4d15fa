'use client';

import { SegmentedControl } from '@mantine/core';
import { useTranslations } from 'next-intl';
import { parseAsString, useQueryStates } from 'nuqs';
import { FilterBar } from '@/components/filter-bar';
import { formatMs } from '@/components/format';
import { useLive } from '@/components/live';
import { PageHeader } from '@/components/page-header';
import { useOpenRow } from '@/components/table-state';
import { Time } from '@/components/time';
import type { SlowQueries } from '@/domain/database/queries';
import type { QueryList, QueryTime } from '@/domain/database/query-stats';
import styles from '../database.module.css';
import { RangeControl } from '../range-control';
import { Instructions } from './instructions';
import { queryInput } from './query-input';
import { QuerySheet } from './query-sheet';
import { QueryTable } from './query-table';
import { QueryTimePanel } from './query-time-panel';

type Props = { slow: SlowQueries; page?: QueryList; time?: QueryTime; mayExplain: boolean };

const params = {
  range: parseAsString,
  view: parseAsString,
  q: parseAsString,
  role: parseAsString,
  sort: parseAsString,
  cursor: parseAsString,
};

/** What keeps the database busy: time by query over the range, every query with its share, one in the sheet. */
export function QueriesView(props: Props) {
  const t = useTranslations('database');
  const [given, set] = useQueryStates({ ...params, back: parseAsString });
  const input = queryInput(given);
  const open = useOpenRow();
  const slow = useLive<SlowQueries>('database.slow-queries', {}, props.slow, ['health']);
  const list = useLive<QueryList>('database.queries', input, props.page, ['health']);
  const known = slow.data?.known ?? props.slow.known;
  const counts = list.data?.counts;
  return (
    <>
      <PageHeader
        title={t('queriesTitle')}
        meta={
          known &&
          slow.data?.since && (
            <span>
              {t.rich('since', { when: () => <Time at={slow.data.since} /> })}{' '}
              {t('slowFrom', { limit: formatMs(slow.data.slowMs) })}
            </span>
          )
        }
      >
        <RangeControl usual="24h" />
      </PageHeader>
      <div className={styles.page}>
        {!known && <Instructions />}
        {(known || (counts?.all ?? 0) > 0) && (
          <>
            <QueryTimePanel range={input.range} selected={open.key} initial={props.time} />
            <div>
              <FilterBar
                search={{ placeholder: t('searchQueries') }}
                filters={[
                  {
                    key: 'role',
                    label: t('caller'),
                    kind: 'one',
                    pinned: true,
                    options: (list.data?.roles ?? []).map((role) => ({ value: role, label: role })),
                  },
                ]}
              >
                <SegmentedControl
                  aria-label={t('view')}
                  value={input.view}
                  onChange={(view) =>
                    void set({ view: view === 'slow' ? view : null, cursor: null, back: null })
                  }
                  data={[
                    { value: 'all', label: t('viewAll', { count: counts?.all ?? 0 }) },
                    { value: 'slow', label: t('viewSlow', { count: counts?.slow ?? 0 }) },
                  ]}
                />
              </FilterBar>
              <QueryTable list={list} open={open} view={input.view} />
            </div>
          </>
        )}
      </div>
      {open.key && (
        <QuerySheet
          key={open.key}
          queryId={open.key}
          range={input.range}
          mayExplain={props.mayExplain}
          onClose={open.close}
        />
      )}
    </>
  );
}
