'use client';

import { SegmentedControl } from '@mantine/core';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { parseAsStringLiteral, useQueryState } from 'nuqs';
import { formatMoney, formatNumber, formatSigned } from '@/components/format';
import { useLive } from '@/components/live';
import { Panel } from '@/components/panel';
import { type Column, DataTable } from '@/components/table';
import { type MerchantOrder, merchantOrders } from '@/domain/reports/input';
import type { ReportMerchant, ReportMerchants } from '@/domain/reports/merchants';
import type { AskedPeriods, Period } from '@/domain/reports/period';
import styles from './reports.module.css';
import { ShareCell, shareFields } from './share-cell';

const paymentsOf = (merchant: string, period: Period) =>
  `/transactions?${new URLSearchParams({ merchant, days: `${period.from}..${period.to}` })}`;

function useColumns(data: ReportMerchants | undefined, currency: string): Column<ReportMerchant>[] {
  const t = useTranslations('reports');
  const most = Math.max(0.01, ...(data?.rows ?? []).map((row) => row.rate?.high ?? 0));
  return [
    {
      id: 'merchant',
      head: t('merchant'),
      cell: (row) => (
        <span className={styles.name}>
          <Link href={paymentsOf(row.merchantId, data!.period)} prefetch={false}>
            {row.name ?? row.merchantId}
          </Link>
          {row.category && <small>{row.category}</small>}
        </span>
      ),
    },
    {
      id: 'payments',
      head: t('payments'),
      width: 90,
      align: 'right',
      wide: true,
      cell: (row) => formatNumber(row.payments),
    },
    {
      id: 'volume',
      head: t('volume'),
      width: 124,
      align: 'right',
      wide: 'very',
      cell: (row) => formatMoney(row.amount, currency, true),
    },
    {
      id: 'frauds',
      head: t('confirmed'),
      width: 90,
      align: 'right',
      cell: (row) => formatNumber(row.frauds),
    },
    {
      id: 'rate',
      head: t('fraudRate'),
      width: 232,
      align: 'right',
      cell: (row) => <ShareCell now={row.rate} before={row.rateAgainst} digits={1} max={most} />,
    },
    {
      id: 'trend',
      head: t('scoreTrend'),
      width: 110,
      align: 'right',
      wide: true,
      cell: (row) => formatSigned(row.trend, 3),
    },
  ];
}

type Props = { asked: AskedPeriods; order: MerchantOrder; initial?: ReportMerchants; currency: string };

/** The merchants to look at first: by confirmed fraud, or by how their scores have risen. */
export function MerchantsPanel({ asked, order: first, initial, currency }: Props) {
  const t = useTranslations('reports');
  const [order, setOrder] = useQueryState(
    'merchants',
    parseAsStringLiteral(merchantOrders).withDefault('rate').withOptions({ history: 'push' }),
  );
  const live = useLive<ReportMerchants>(
    'report.merchants',
    { ...asked, order },
    order === first ? initial : undefined,
    ['reports'],
    { every: 60_000 },
  );
  const rows = live.data?.rows ?? [];
  const columns = useColumns(live.data, currency);
  return (
    <Panel
      title={t('merchantsTitle')}
      question={t(`merchantsQuestion.${order}`)}
      live={live}
      flush
      height={240}
      actions={
        <SegmentedControl
          size="xs"
          aria-label={t('merchantsOrder')}
          value={order}
          onChange={(value) => void setOrder(value as MerchantOrder)}
          data={merchantOrders.map((value) => ({ value, label: t(`orders.${value}`) }))}
        />
      }
      empty={
        live.data !== undefined &&
        rows.length === 0 && { title: t(`noMerchants.${order}`), hint: t('noMerchantsHint') }
      }
      csvName={`report-merchants-${order}`}
      table={{
        head: [
          t('merchant'),
          t('name'),
          t('category'),
          t('payments'),
          t('volume'),
          t('confirmed'),
          t('fraudRate'),
          t('lowOf', { name: t('fraudRate') }),
          t('highOf', { name: t('fraudRate') }),
          t('scoreTrend'),
        ],
        rows: rows.map((row) => [
          row.merchantId,
          row.name,
          row.category,
          row.payments,
          row.amount,
          row.frauds,
          ...shareFields(row.rate),
          row.trend,
        ]),
      }}
    >
      <DataTable
        name="report-merchants"
        label={t('merchantsTitle')}
        columns={columns}
        rows={rows}
        rowKey={(row) => row.merchantId}
        inPanel
      />
    </Panel>
  );
}
