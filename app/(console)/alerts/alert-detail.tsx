'use client';

import { Button } from '@mantine/core';
import { IconExternalLink } from '@tabler/icons-react';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { AlertBadge, Badge, DecisionBadge, RiskBadge } from '@/components/badge';
import { CopyId } from '@/components/copy-id';
import { ExplanationPanels } from '@/components/explanation';
import { formatAlertId, formatMoney } from '@/components/format';
import { Note } from '@/components/note';
import { Panel } from '@/components/panel';
import { Time } from '@/components/time';
import type { AlertDetail } from '@/domain/alerts/queries';
import { HistoryPanel } from './history-panel';
import { HolderBadge } from './holder-badge';
import { DueIn } from './queue-row';
import { stateOf } from './state';
import styles from './triage.module.css';
import type { Lease } from './use-lease';

type Props = {
  detail: AlertDetail;
  lease: Lease;
  me: string;
  mayDecide: boolean;
  onClaim: () => void;
  /** On the alert's own page there is no way to it. */
  ownPage?: boolean;
};

/** One alert: what it is, whose it is, and its payment explained. */
export function AlertDetailView(props: Props) {
  const { detail, mayDecide } = props;
  const t = useTranslations('alerts');
  const { alert, explanation, history } = detail;
  const taken = alert.status !== 'decided' && alert.holderId !== null && alert.holderId !== props.me;
  return (
    <>
      <AlertHead {...props} />
      <div className={styles.content}>
        {taken && (
          <Note tone="review" title={t('claimedBy', { name: alert.holderName ?? '' })}>
            {t('claimedHint')}
          </Note>
        )}
        {alert.note && alert.status === 'escalated' && (
          <Note tone="review" title={t('escalated')}>
            {alert.note}
          </Note>
        )}
        {!mayDecide && <p className={styles.readOnly}>{t('readOnly')}</p>}
        {explanation ? (
          <ExplanationPanels explanation={explanation} right={<HistoryPanel history={history} />} />
        ) : (
          <>
            <Panel title={t('paymentGone')} empty={{ title: t('paymentGone'), hint: t('paymentGoneHint') }} />
            <HistoryPanel history={history} />
          </>
        )}
      </div>
    </>
  );
}

function AlertHead({ detail, lease, me, mayDecide, onClaim, ownPage }: Props) {
  const t = useTranslations('alerts');
  const channels = useTranslations('transactions.channels');
  const { alert, explanation } = detail;
  const channel = explanation?.payment.channel;
  const Heading = ownPage ? 'h1' : 'h2';
  return (
    <header className={styles.detailHead}>
      <div className={styles.subject}>
        <div className={styles.subjectLine}>
          <Heading>
            {t('at', {
              amount: formatMoney(alert.amount, alert.currency),
              merchant: alert.merchantName ?? alert.merchantId,
            })}
          </Heading>
          <RiskBadge level={alert.riskLevel} />
          <DecisionBadge decision={alert.decision} />
          {alert.status !== 'open' && <AlertBadge state={stateOf(alert)} />}
        </div>
        <div className={styles.facts}>
          <CopyId id={formatAlertId(alert.id)} />
          <Link href={`/transactions?user=${encodeURIComponent(alert.userId)}`}>
            {alert.userName ?? alert.userId}
          </Link>
          {alert.cardLastFour && <span>{t('card', { digits: alert.cardLastFour })}</span>}
          {channel && <span>{channels.has(channel) ? channels(channel) : channel}</span>}
          <Link href={`/transactions/${encodeURIComponent(alert.transactionId)}`}>
            <Time at={alert.transactionTimestamp} style="full" />
          </Link>
        </div>
      </div>
      <div className={styles.standing}>
        {alert.status === 'decided' ? (
          alert.decidedByName && <Badge>{t('decidedBy', { name: alert.decidedByName })}</Badge>
        ) : (
          <>
            <DueIn at={alert.slaDueAt} long />
            <HolderBadge alert={alert} lease={lease} me={me} mayDecide={mayDecide} onClaim={onClaim} />
          </>
        )}
        {!ownPage && (
          <Button
            component={Link}
            href={`/alerts/${alert.id}`}
            size="xs"
            variant="subtle"
            color="gray"
            leftSection={<IconExternalLink size={14} stroke={2} aria-hidden />}
          >
            {t('fullPage')}
          </Button>
        )}
      </div>
    </header>
  );
}
