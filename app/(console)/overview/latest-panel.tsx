'use client';

import { Button } from '@mantine/core';
import { IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { DecisionBadge } from '@/components/badge';
import { formatMoney, formatNumber, formatScore } from '@/components/format';
import { useLive } from '@/components/live';
import { Panel } from '@/components/panel';
import { DataTable } from '@/components/table';
import { Time } from '@/components/time';
import type { LatestDecisions } from '@/domain/overview/latest';

/** The newest decisions as they are made; Pause holds them still. */
export function LatestPanel({ initial }: { initial?: LatestDecisions }) {
  const t = useTranslations('overview');
  const [paused, setPaused] = useState(false);
  const live = useLive<LatestDecisions>('overview.latest', {}, initial, ['decisions'], {
    enabled: !paused,
    every: 15_000,
  });
  const data = live.data;
  return (
    <Panel
      title={t('latestTitle')}
      question={paused ? t('paused') : data && t('perSecond', { rate: formatNumber(data.perSecond, 1) })}
      live={live}
      at={null}
      flush
      height={288}
      empty={data?.rows.length === 0 && { title: t('noPayments'), hint: t('noPaymentsHint') }}
      actions={
        <Button
          size="xs"
          variant="subtle"
          color="gray"
          aria-pressed={paused}
          leftSection={
            paused ? <IconPlayerPlay size={14} stroke={2} /> : <IconPlayerPause size={14} stroke={2} />
          }
          onClick={() => setPaused(!paused)}
        >
          {paused ? t('resume') : t('pause')}
        </Button>
      }
    >
      <DataTable
        name="overview-latest"
        label={t('latestTitle')}
        inPanel
        hideHead
        rows={data?.rows ?? []}
        rowKey={(row) => row.transactionId}
        version={(row) => row.transactionId}
        href={(row) => `/transactions/${encodeURIComponent(row.transactionId)}`}
        columns={[
          { id: 'at', head: t('at'), width: 82, cell: (row) => <Time at={row.at} style="clock" /> },
          {
            id: 'amount',
            head: t('amount'),
            align: 'right',
            width: 84,
            cell: (row) => formatMoney(row.amount, row.currency),
          },
          { id: 'merchant', head: t('merchant'), cell: (row) => row.merchantName ?? row.merchantId },
          {
            id: 'score',
            head: t('score'),
            align: 'right',
            width: 50,
            wide: true,
            cell: (row) => formatScore(row.score),
          },
          {
            id: 'decision',
            head: t('decision'),
            width: 100,
            cell: (row) => <DecisionBadge decision={row.decision} />,
          },
        ]}
      />
    </Panel>
  );
}
