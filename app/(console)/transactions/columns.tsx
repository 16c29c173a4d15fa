'use client';

import { useTranslations } from 'next-intl';
import { DecisionBadge, OutcomeBadge, RiskBadge } from '@/components/badge';
import { DASH, formatMoney, formatScore, formatTime } from '@/components/format';
import type { Column } from '@/components/table';
import { Time, useNow, useZone } from '@/components/time';
import type { TransactionRow } from '@/domain/transactions/rows';

/** Today's by the second, older ones by day and minute. */
function PaymentTime({ at }: { at: string }) {
  const zone = useZone();
  const now = useNow();
  const today = formatTime(at, zone, 'date') === formatTime(now, zone, 'date');
  return <Time at={at} style={today ? 'clock' : 'short'} />;
}

/** Columns of every list of payments. */
export function useTransactionColumns(): Column<TransactionRow>[] {
  const t = useTranslations('transactions');
  const channels = useTranslations('transactions.channels');
  return [
    { id: 'time', head: t('time'), width: 128, cell: (r) => <PaymentTime at={r.at} /> },
    { id: 'customer', head: t('customer'), wide: true, cell: (r) => r.userName ?? r.userId },
    { id: 'merchant', head: t('merchant'), cell: (r) => r.merchantName ?? r.merchantId },
    {
      id: 'amount',
      head: t('amount'),
      align: 'right',
      width: 136,
      cell: (r) => formatMoney(r.amount, r.currency),
    },
    {
      id: 'score',
      head: t('score'),
      align: 'right',
      width: 72,
      wide: true,
      share: (r) => r.score,
      cell: (r) => formatScore(r.score),
    },
    { id: 'risk', head: t('risk'), width: 104, wide: true, cell: (r) => <RiskBadge level={r.riskLevel} /> },
    {
      id: 'decision',
      head: t('decision'),
      width: 104,
      cell: (r) => <DecisionBadge decision={r.decision} />,
    },
    {
      id: 'label',
      head: t('label'),
      width: 112,
      wide: true,
      cell: (r) => (r.isFraud === null ? DASH : <OutcomeBadge fraud={r.isFraud} />),
    },
    { id: 'country', head: t('country'), width: 80, wide: true, cell: (r) => r.country ?? DASH },
    {
      id: 'channel',
      head: t('channel'),
      width: 104,
      wide: true,
      hidden: true,
      cell: (r) => (r.channel ? (channels.has(r.channel) ? channels(r.channel) : r.channel) : DASH),
    },
    {
      id: 'card',
      head: t('card'),
      width: 88,
      wide: true,
      hidden: true,
      cell: (r) => (r.cardLastFour ? `•• ${r.cardLastFour}` : DASH),
    },
    { id: 'device', head: t('device'), wide: true, hidden: true, cell: (r) => r.deviceId ?? DASH },
    { id: 'ip', head: t('ip'), width: 136, wide: true, hidden: true, cell: (r) => r.ipAddress ?? DASH },
    {
      id: 'id',
      head: t('id'),
      wide: true,
      hidden: true,
      cell: (r) => <span className="vg-mono">{r.id}</span>,
    },
  ];
}
