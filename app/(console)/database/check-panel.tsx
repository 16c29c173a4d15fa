'use client';

import { SegmentedControl } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { parseAsString, parseAsStringLiteral, useQueryStates } from 'nuqs';
import { formatNumber } from '@/components/format';
import type { LiveError } from '@/components/live';
import { Panel } from '@/components/panel';
import { checkAreas } from '@/domain/database/checks/definition';
import type { DatabaseHealth, HealthCheck } from '@/domain/database/health';
import { CheckRow } from './check-row';
import styles from './database.module.css';
import { definitionOf, useCheckWords } from './words';

const needsAttention = ({ status }: HealthCheck) => status === 'critical' || status === 'warning';
const views = ['attention', 'all'] as const;

/** Every check by area, each opening into its cause and fix; what needs attention first of all. */
export function CheckPanel({ health }: { health: UseQueryResult<DatabaseHealth, LiveError> }) {
  const t = useTranslations('database');
  const words = useCheckWords();
  const checks = health.data?.checks ?? [];
  const red = checks.filter(needsAttention);
  const [{ show, check: opened }, set] = useQueryStates({
    show: parseAsStringLiteral(views),
    check: parseAsString,
  });
  const view = show ?? 'attention';
  const shown = view === 'all' ? checks : red;
  const unjudged = checks.filter(({ reason }) => reason !== null).length;
  return (
    <Panel
      title={t('checksTitle')}
      question={t('checksQuestion')}
      live={health}
      at={health.data?.pass?.at}
      staleAfter={180}
      flush
      height={400}
      empty={
        health.data !== undefined &&
        checks.length === 0 && { title: t('neverChecked'), hint: t('neverCheckedHint') }
      }
      table={{
        head: [t('check'), t('status'), t('value'), t('sinceHead'), t('cause')],
        rows: checks.map((one) => [
          words.name(one),
          t(`statuses.${one.status}`),
          one.value,
          one.since,
          one.reason ? words.reason(one) : needsAttention(one) ? words.cause(one) : words.means(one),
        ]),
      }}
      csvName="database-checks"
    >
      <div className={styles.show}>
        <SegmentedControl
          size="xs"
          aria-label={t('show')}
          value={view}
          onChange={(next) => void set({ show: next as (typeof views)[number], check: null })}
          data={[
            { value: 'attention', label: t('showAttention', { count: red.length }) },
            { value: 'all', label: t('showAll', { count: checks.length }) },
          ]}
        />
      </div>
      {shown.length === 0 && (
        <p className={styles.allWell}>
          <strong>{t('allWell')}</strong>{' '}
          {t('allWellHint', { ok: formatNumber(checks.length - unjudged), unjudged: formatNumber(unjudged) })}
        </p>
      )}
      {checkAreas.map((area) => {
        const here = shown.filter((one) => definitionOf(one.name)?.area === area);
        if (here.length === 0) return null;
        return (
          <section key={area} aria-label={t(`areas.${area}`)}>
            <h3 className={styles.area}>{t(`areas.${area}`)}</h3>
            {here.map((one) => (
              <CheckRow
                key={one.name}
                check={one}
                open={opened === one.name}
                onOpen={(open) => void set({ check: open ? one.name : null })}
              />
            ))}
          </section>
        );
      })}
    </Panel>
  );
}
