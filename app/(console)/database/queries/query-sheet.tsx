'use client';

import { Button, Tabs } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { IconCopy, IconSitemap } from '@tabler/icons-react';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { useLive } from '@/components/live';
import { PanelState, problemOf } from '@/components/panel-state';
import { SideSheet } from '@/components/side-sheet';
import type { Range } from '@/domain/database/input';
import type { QueryDetail } from '@/domain/database/query-detail';
import { oneLine } from '../query-text';
import { SqlBlock } from '../sql-block';
import { PlanView } from './plan-view';
import { QueryCallers } from './query-callers';
import { QueryCharts } from './query-charts';
import { QueryFacts, QuerySentence } from './query-facts';
import { usePlan } from './use-plan';

type Props = { queryId: string; range: Range; mayExplain: boolean; onClose: () => void };

/** One query: what it took, its text, its history with the limit drawn, its plan and who ran it. */
export function QuerySheet({ queryId, range, mayExplain, onClose }: Props) {
  const t = useTranslations('database');
  const query = useLive<QueryDetail>('database.query', { queryId }, undefined, ['health']);
  const plan = usePlan(queryId, mayExplain);
  const clipboard = useClipboard({ timeout: 1500 });
  const [tab, setTab] = useState<string | null>('history');
  const text = query.data?.text ?? '';
  const ask = plan.ask;
  const actions = query.data && (
    <>
      <Button
        variant="default"
        leftSection={<IconCopy size={16} stroke={1.75} />}
        onClick={() => clipboard.copy(text)}
      >
        {clipboard.copied ? t('copied') : t('copyText')}
      </Button>
      {ask && (
        <Button
          leftSection={<IconSitemap size={16} stroke={1.75} />}
          loading={plan.pending}
          onClick={() => {
            setTab('plan');
            ask();
          }}
        >
          {t('plan.explain')}
        </Button>
      )}
    </>
  );
  return (
    <SideSheet
      title={query.data ? oneLine(text, 44) : t('query')}
      href={`/database/queries/${queryId}`}
      onClose={onClose}
      actions={actions}
    >
      {!query.data && <PanelState problem={problemOf(query)} height={200} retry={() => query.refetch()} />}
      {query.data && (
        <>
          <QuerySentence query={query.data} />
          <SqlBlock text={text} />
          <Tabs value={tab} onChange={setTab} keepMounted={false}>
            <Tabs.List>
              <Tabs.Tab value="history">{t('history')}</Tabs.Tab>
              <Tabs.Tab value="plan">{t('plan.title')}</Tabs.Tab>
              <Tabs.Tab value="callers">{t('callersCount', { count: query.data.callers.length })}</Tabs.Tab>
            </Tabs.List>
            <Tabs.Panel value="history" pt={12}>
              <QueryCharts query={query.data} range={range} />
            </Tabs.Panel>
            <Tabs.Panel value="plan" pt={12}>
              <PlanView {...plan} />
            </Tabs.Panel>
            <Tabs.Panel value="callers" pt={12}>
              <QueryCallers query={query.data} />
            </Tabs.Panel>
          </Tabs>
          <QueryFacts query={query.data} />
        </>
      )}
    </SideSheet>
  );
}
