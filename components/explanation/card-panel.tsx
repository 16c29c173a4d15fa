'use client';

import { useTranslations } from 'next-intl';
import { formatMoney, formatTime } from '@/components/format';
import { Panel } from '@/components/panel';
import { useZone } from '@/components/time';
import type { Explanation } from '@/domain/transactions/explain';
import type { TransactionRow } from '@/domain/transactions/rows';
import styles from './explanation.module.css';

const width = 292;
const minutes = 10 * 60_000;

/** What did this card do in the ten minutes before? A line of time with a dot a payment, coloured by decision. */
export function CardPanel({ explanation }: { explanation: Explanation }) {
  const t = useTranslations('explanation');
  const zone = useZone();
  const { card, payment } = explanation;
  if (payment.cardLastFour === null) return null;
  const before = card.filter((each) => each.id !== payment.id);
  const blocked = card.filter((each) => each.decision === 'BLOCK').length;
  const question = card.length <= 1 ? t('cardOnly') : t('cardBlocked', { blocked, all: card.length });
  const end = new Date(payment.at).getTime();
  const x = (at: string) => 6 + ((new Date(at).getTime() - (end - minutes)) / minutes) * (width - 12);
  return (
    <Panel
      title={t('card10')}
      question={question}
      table={{
        head: [t('when'), t('amount'), t('outcome')],
        rows: card.map((each) => [each.at, `${each.amount} ${each.currency}`, each.decision]),
      }}
      csvName={`card-${payment.cardLastFour}`}
    >
      <svg viewBox={`0 0 ${width} 58`} className={styles.cardLine} role="img" aria-label={question}>
        {before.length > 0 && (
          <text x={0} y={10}>
            {amounts(before)}
          </text>
        )}
        <text x={width} y={10} textAnchor="end" className={styles.nowWordPlain}>
          {formatMoney(payment.amount, payment.currency)}
        </text>
        <line x1={0} x2={width} y1={30} y2={30} className={styles.cardAxis} />
        {before.map((each) => (
          <circle
            key={`${each.id}${each.at}`}
            cx={x(each.at)}
            cy={30}
            r={4}
            className={styles.mark}
            data-decision={each.decision}
          />
        ))}
        <path d={`M${width - 6} 24l6 6-6 6-6-6z`} className={styles.mark} data-decision={payment.decision} />
        {[0, 0.5, 1].map((part) => (
          <text
            key={part}
            x={part * width}
            y={52}
            textAnchor={part === 0 ? 'start' : part === 1 ? 'end' : 'middle'}
          >
            {formatTime(end - minutes * (1 - part), zone, 'time')}
          </text>
        ))}
      </svg>
    </Panel>
  );
}

/** `6 × € 1.00 to 9.90` */
function amounts(payments: readonly TransactionRow[]): string {
  const sorted = [...payments].sort((a, b) => a.amountBase - b.amountBase);
  const [low, high] = [sorted[0], sorted.at(-1)];
  if (!low || !high) return '';
  const from = formatMoney(low.amount, low.currency);
  const to = formatMoney(high.amount, high.currency);
  return `${payments.length} × ${from === to ? from : `${from} – ${to}`}`;
}
