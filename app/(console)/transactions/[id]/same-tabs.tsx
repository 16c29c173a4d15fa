'use client';

import { Tabs } from '@mantine/core';
import { useTranslations } from 'next-intl';
import { parseAsStringLiteral, useQueryState } from 'nuqs';
import { formatScore } from '@/components/format';
import { useLive } from '@/components/live';
import { Panel } from '@/components/panel';
import { PanelState, problemOf } from '@/components/panel-state';
import { type Column, DataTable } from '@/components/table';
import type { PaymentDetail, SimilarPayment } from '@/domain/transactions/explain';
import type { TransactionRow } from '@/domain/transactions/rows';
import { useTransactionColumns } from '../columns';

const tabs = ['user', 'card', 'device', 'ip', 'merchant', 'similar'] as const;
type Tab = (typeof tabs)[number];
const labels = {
  user: 'sameUser',
  card: 'sameCard',
  device: 'sameDevice',
  ip: 'sameIp',
  merchant: 'sameMerchant',
  similar: 'similar',
} as const;
/** Columns that say something beside a payment that is known. */
const shown = new Set(['time', 'merchant', 'customer', 'amount', 'decision', 'label']);

/** Payments of the same customer, card, device, address or merchant, and those most alike. */
export function SameTabs({ payment }: { payment: PaymentDetail }) {
  const t = useTranslations('transactions');
  const [tab, setTab] = useQueryState(
    'same',
    parseAsStringLiteral(tabs).withDefault('user').withOptions({ shallow: true, history: 'replace' }),
  );
  const without: Record<Tab, boolean> = {
    user: false,
    card: payment.cardLastFour === null,
    device: payment.deviceId === null,
    ip: payment.ipAddress === null,
    merchant: false,
    similar: false,
  };
  return (
    <Panel title={t('same')} flush>
      <Tabs value={tab} onChange={(value) => void setTab(value as Tab)} keepMounted={false}>
        <Tabs.List>
          {tabs.map((each) => (
            <Tabs.Tab key={each} value={each} disabled={without[each]}>
              {t(labels[each])}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {tabs.map((each) => (
          <Tabs.Panel key={each} value={each}>
            <SameList tab={each} id={payment.id} at={payment.at} />
          </Tabs.Panel>
        ))}
      </Tabs>
    </Panel>
  );
}

type Rows = { rows: (TransactionRow & { similarity?: number })[] };

function SameList({ tab, id, at }: { tab: Tab; id: string; at: string }) {
  const t = useTranslations('transactions');
  const all = useTransactionColumns();
  const live = useLive<Rows | SimilarPayment[]>(
    tab === 'similar' ? 'transaction.similar' : `transaction.same-${tab}`,
    { id },
    undefined,
    ['alerts'],
  );
  if (!live.data)
    return <PanelState problem={problemOf(live)} height={160} retry={() => void live.refetch()} />;
  const rows = Array.isArray(live.data) ? live.data : live.data.rows;
  const columns: Column<Rows['rows'][number]>[] = all.filter((column) => shown.has(column.id));
  if (tab === 'similar')
    columns.splice(3, 0, {
      id: 'match',
      head: t('match'),
      align: 'right',
      width: 72,
      cell: (row) => formatScore(row.similarity),
    });
  return (
    <DataTable
      name={`same-${tab}`}
      label={t(labels[tab])}
      columns={columns}
      rows={rows}
      rowKey={(row) => row.id}
      href={(row) => `/transactions/${encodeURIComponent(row.id)}`}
      dim={(row) => row.id === id && row.at === at}
      empty={t('noSame')}
      inPanel
    />
  );
}
