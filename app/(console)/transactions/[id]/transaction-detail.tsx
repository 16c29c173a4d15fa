'use client';

import { useTranslations } from 'next-intl';
import { Badge, DecisionBadge, OutcomeBadge, RiskBadge } from '@/components/badge';
import { WorldMap } from '@/components/charts';
import { CopyId } from '@/components/copy-id';
import { ExplanationPanels } from '@/components/explanation';
import { formatMoney, formatScore } from '@/components/format';
import { useLive } from '@/components/live';
import { PageHeader } from '@/components/page-header';
import { Panel } from '@/components/panel';
import type { TransactionDetail } from '@/domain/transactions/queries';
import { PaymentFacts } from '../payment-facts';
import styles from '../transactions.module.css';
import { FeaturesPanel } from './features-panel';
import { SameTabs } from './same-tabs';

const tones = { ALLOW: 'allowed', REVIEW: 'review', BLOCK: 'blocked' } as const;

/** The page of a payment; labels and alerts that change meanwhile are read again. */
export function TransactionDetailView({ initial }: { initial: TransactionDetail }) {
  const t = useTranslations('transactions');
  const { id } = initial.payment;
  const live = useLive<TransactionDetail>('transaction.get', { id }, initial, ['alerts']);
  const detail = live.data?.payment.id === id ? live.data : initial;
  const { payment } = detail;
  return (
    <>
      <PageHeader
        title={formatMoney(payment.amount, payment.currency)}
        parent={{ href: '/transactions', label: t('title') }}
        meta={<CopyId id={payment.id} />}
      >
        <DecisionBadge decision={payment.decision} />
        <RiskBadge level={payment.riskLevel} />
        {payment.isFraud !== null && <OutcomeBadge fraud={payment.isFraud} />}
        {payment.archived && <Badge>{t('archived')}</Badge>}
      </PageHeader>
      <p className={styles.sentence}>
        {t('about', {
          amount: formatMoney(payment.amount, payment.currency),
          customer: payment.userName ?? payment.userId,
          merchant: payment.merchantName ?? payment.merchantId,
        })}
        {'. '}
        {t(`explained.${payment.decision}`, { score: formatScore(payment.score) })}
      </p>
      <ExplanationPanels
        explanation={detail}
        left={
          <>
            <FeaturesPanel detail={detail} />
            <SameTabs payment={payment} />
          </>
        }
        right={
          <>
            <Panel title={t('payment')}>
              <PaymentFacts detail={detail} />
            </Panel>
            {payment.latitude !== null && payment.longitude !== null && (
              <Panel title={t('map')}>
                <WorldMap
                  points={[
                    {
                      key: payment.id,
                      label: t('thisOne'),
                      latitude: payment.latitude,
                      longitude: payment.longitude,
                      value: 1,
                      tone: tones[payment.decision as keyof typeof tones] ?? 'allowed',
                    },
                  ]}
                />
              </Panel>
            )}
            {payment.metadata !== null && (
              <Panel title={t('metadata')}>
                {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
                <pre className={styles.metadata} tabIndex={0}>
                  {JSON.stringify(payment.metadata, null, 2)}
                </pre>
              </Panel>
            )}
          </>
        }
      />
    </>
  );
}
