'use client';

import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { AlertBadge } from '@/components/badge';
import { CopyId } from '@/components/copy-id';
import { Details } from '@/components/details';
import { formatAlertId, formatMs, formatNumber } from '@/components/format';
import { Time } from '@/components/time';
import type { TransactionDetail } from '@/domain/transactions/queries';

const to = (filter: string, value: string) => `/transactions?${filter}=${encodeURIComponent(value)}`;

/** What the payment says of itself: who, where, with what; every id can be copied, most lead to the like. */
export function PaymentFacts({ detail }: { detail: TransactionDetail }) {
  const t = useTranslations('transactions');
  const channels = useTranslations('transactions.channels');
  const { payment, alert } = detail;
  const state = alert && (alert.disposition ?? (alert.status === 'escalated' ? 'escalated' : 'open'));
  return (
    <Details
      items={[
        [t('time'), <Time key="at" at={payment.at} style="full" />],
        [
          t('customer'),
          <span key="user">
            {payment.userName && `${payment.userName} `}
            <CopyId id={payment.userId} href={to('user', payment.userId)} />
          </span>,
        ],
        [
          t('merchant'),
          <span key="merchant">
            {payment.merchantName && `${payment.merchantName} `}
            <CopyId id={payment.merchantId} href={to('merchant', payment.merchantId)} />
          </span>,
        ],
        payment.merchantCategory !== null && [t('category'), payment.merchantCategory],
        payment.cardLastFour !== null && [t('card'), `•• ${payment.cardLastFour}`],
        payment.deviceId !== null && [
          t('device'),
          <CopyId key="device" id={payment.deviceId} href={to('device', payment.deviceId)} />,
        ],
        payment.ipAddress !== null && [
          t('ip'),
          <CopyId key="ip" id={payment.ipAddress} href={to('ip', payment.ipAddress)} />,
        ],
        payment.country !== null && [t('country'), payment.country],
        payment.latitude !== null &&
          payment.longitude !== null && [
            t('place'),
            t('coordinates', {
              latitude: formatNumber(payment.latitude, 3),
              longitude: formatNumber(payment.longitude, 3),
            }),
          ],
        payment.channel !== null && [
          t('channel'),
          channels.has(payment.channel) ? channels(payment.channel) : payment.channel,
        ],
        payment.latencyMs !== null && [t('latency'), formatMs(payment.latencyMs)],
        [t('version'), <CopyId key="version" id={payment.decisionVersion} short />],
        payment.labelledAt !== null && [
          t('labelled'),
          t.rich('labelledBy', {
            when: () => <Time key="label" at={payment.labelledAt} />,
            source: payment.labelSource ?? '',
          }),
        ],
        alert !== null && [
          t('alert'),
          <span key="alert">
            <Link href={`/alerts/${alert.id}`} className="vg-mono">
              {formatAlertId(alert.id)}
            </Link>{' '}
            <AlertBadge state={state ?? 'open'} />
          </span>,
        ],
      ]}
    />
  );
}
