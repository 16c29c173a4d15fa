'use client';

import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { OutcomeBadge } from '@/components/badge';
import { formatMoney, formatScore } from '@/components/format';
import { Panel } from '@/components/panel';
import { Time } from '@/components/time';
import type { SimilarPayment } from '@/domain/transactions/explain';
import styles from './explanation.module.css';

const sameDay = (a: string, b: string) => a.slice(0, 10) === b.slice(0, 10);

/** How did payments like this one turn out? */
export function SimilarPanel({ similar, at }: { similar: SimilarPayment[]; at: string }) {
  const t = useTranslations('explanation');
  const known = similar.filter((payment) => payment.isFraud !== null);
  const fraud = known.filter((payment) => payment.isFraud).length;
  return (
    <Panel
      title={t('similar')}
      question={known.length > 0 ? t('similarFraud', { fraud, known: known.length }) : t('similarUnknown')}
      flush={similar.length > 0}
    >
      {similar.length === 0 ? (
        <p className={styles.quiet}>{t('noSimilar')}</p>
      ) : (
        <div className={styles.similar}>
          <table className={styles.table}>
            <thead>
              <tr>
                <th scope="col">{t('when')}</th>
                <th scope="col" data-align="right">
                  {t('amount')}
                </th>
                <th scope="col" data-align="right" data-match>
                  {t('match')}
                </th>
                <th scope="col">{t('turnedOut')}</th>
              </tr>
            </thead>
            <tbody>
              {similar.map((payment) => (
                <tr key={payment.id}>
                  <td>
                    <Link href={`/transactions/${encodeURIComponent(payment.id)}`}>
                      <Time at={payment.at} style={sameDay(payment.at, at) ? 'time' : 'short'} />
                    </Link>
                  </td>
                  <td data-align="right">{formatMoney(payment.amount, payment.currency)}</td>
                  <td data-align="right" data-match>
                    {formatScore(payment.similarity)}
                  </td>
                  <td>
                    <OutcomeBadge fraud={payment.isFraud} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Panel>
  );
}
