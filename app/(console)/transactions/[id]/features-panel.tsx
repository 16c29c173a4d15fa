'use client';

import { useTranslations } from 'next-intl';
import { useRuleWords } from '@/components/explanation/words';
import { Panel } from '@/components/panel';
import { findField } from '@/domain/rules/fields';
import type { TransactionDetail } from '@/domain/transactions/queries';
import styles from '../transactions.module.css';

const groups = ['payment', 'user', 'card', 'device', 'ip', 'merchant'] as const;

/** Every feature that the score was made from, by what it is about, with its unit; a dash where it was missing. */
export function FeaturesPanel({ detail }: { detail: TransactionDetail }) {
  const t = useTranslations('transactions');
  const words = useRuleWords(detail.baseCurrency);
  const { features } = detail;
  return (
    <Panel
      title={t('features')}
      question={t('featuresQuestion')}
      empty={features.length === 0 && { title: t('noFeatures') }}
      table={{
        head: [t('features'), ''],
        rows: features.map(({ field, value }) => [field, value]),
      }}
      csvName={`features-${detail.payment.id}`}
    >
      <div className={styles.features}>
        {groups.map((group) => (
          <section key={group}>
            <h3>{t(`group.${group}`)}</h3>
            <dl>
              {features
                .filter(({ field }) => findField(field)?.entity === group)
                .map(({ field, value }) => (
                  <div key={field} title={field}>
                    <dt>{words.field(field)}</dt>
                    <dd>{words.fieldValue(field, value)}</dd>
                  </div>
                ))}
            </dl>
          </section>
        ))}
      </div>
    </Panel>
  );
}
