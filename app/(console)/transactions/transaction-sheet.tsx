'use client';

import { useTranslations } from 'next-intl';
import { DecisionBadge, OutcomeBadge, RiskBadge } from '@/components/badge';
import { CardPanel } from '@/components/explanation/card-panel';
import { RulesPanel } from '@/components/explanation/rules-panel';
import { SimilarPanel } from '@/components/explanation/similar-panel';
import { WhyPanel } from '@/components/explanation/why-panel';
import { formatMoney } from '@/components/format';
import { useLive } from '@/components/live';
import { PanelState, problemOf } from '@/components/panel-state';
import { SideSheet } from '@/components/side-sheet';
import type { TransactionDetail } from '@/domain/transactions/queries';
import type { TransactionRow } from '@/domain/transactions/rows';
import { PaymentFacts } from './payment-facts';
import styles from './transactions.module.css';

type Props = { id: string; row?: TransactionRow; onClose: () => void };

/** A payment beside the list: what was decided and why; its page has the rest. */
export function TransactionSheet({ id, row, onClose }: Props) {
  const t = useTranslations('transactions');
  const live = useLive<TransactionDetail>('transaction.get', { id }, undefined, ['alerts']);
  const detail = live.data?.payment.id === id ? live.data : undefined;
  const payment = detail?.payment ?? row;
  return (
    <SideSheet
      title={payment ? formatMoney(payment.amount, payment.currency) : t('payment')}
      id={id}
      href={`/transactions/${encodeURIComponent(id)}`}
      onClose={onClose}
    >
      {payment && (
        <p className={styles.badges}>
          <DecisionBadge decision={payment.decision} />
          <RiskBadge level={payment.riskLevel} />
          {payment.isFraud !== null && <OutcomeBadge fraud={payment.isFraud} />}
        </p>
      )}
      {detail ? (
        <>
          <PaymentFacts detail={detail} />
          <WhyPanel explanation={detail} />
          <RulesPanel explanation={detail} />
          <CardPanel explanation={detail} />
          <SimilarPanel similar={detail.similar} at={detail.payment.at} />
        </>
      ) : (
        <PanelState problem={problemOf(live)} height={240} retry={() => void live.refetch()} />
      )}
    </SideSheet>
  );
}
