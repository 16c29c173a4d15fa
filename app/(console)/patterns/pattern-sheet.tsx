'use client';

import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { RuleBadge } from '@/components/badge';
import { TimeChart } from '@/components/charts';
import { formatNumber, formatRuleId } from '@/components/format';
import { useLive } from '@/components/live';
import { Panel } from '@/components/panel';
import { SideSheet } from '@/components/side-sheet';
import type { ListedPattern, PatternDay, PatternList } from '@/domain/patterns/queries';
import { EditPattern } from './edit-pattern';
import styles from './patterns.module.css';
import { StepButton } from './step-button';

type Props = {
  row: ListedPattern;
  rules: PatternList['rules'];
  mayChange: boolean;
  onClose: () => void;
};

/** What a command has made of a pattern. */
export type ChangedPattern = { version: number } & Partial<ListedPattern>;

/** One pattern: what it asks for, its weights, when it fired, and the form to change it. */
export function PatternSheet({ row: read, rules, mayChange, onClose }: Props) {
  const t = useTranslations('patterns');
  // Until the page has read it again, what this person has just changed is newer than what was read.
  const [changed, setChanged] = useState<ChangedPattern | null>(null);
  const row = changed && changed.version > read.version ? { ...read, ...changed } : read;
  const keep = (now: ChangedPattern) => setChanged({ ...row, ...now });
  return (
    <SideSheet
      title={row.name}
      onClose={onClose}
      actions={mayChange && <StepButton key={String(row.active)} row={row} onChanged={keep} />}
    >
      <div className={styles.state}>
        <RuleBadge state={row.active ? 'live' : 'paused'} />
        {row.description && <span>{row.description}</span>}
      </div>
      <p className={styles.hint}>
        {t('says', {
          review: formatNumber(row.reviewThreshold, 2),
          block: formatNumber(row.blockThreshold, 2),
        })}
      </p>
      <ul className={styles.list} aria-label={t('weights')}>
        {row.rules.map(({ ruleId, weight }) => {
          const rule = rules.find((each) => each.ruleId === ruleId);
          return (
            <li key={ruleId}>
              <span className="vg-mono">{formatRuleId(ruleId)}</span>
              <Link href={`/rules/${ruleId}`} prefetch={false}>
                {rule?.name ?? formatRuleId(ruleId)}
              </Link>
              {rule?.state !== 'live' && <small>{t('ruleNotLive')}</small>}
              <strong className="vg-num">{formatNumber(weight, 2)}</strong>
            </li>
          );
        })}
      </ul>
      <HitsPanel name={row.name} />
      {mayChange && <EditPattern row={row} rules={rules} onChanged={keep} />}
    </SideSheet>
  );
}

function HitsPanel({ name }: { name: string }) {
  const t = useTranslations('patterns');
  const live = useLive<{ days: PatternDay[] }>('pattern.hits', { name }, undefined, ['alerts']);
  const days = live.data?.days ?? [];
  return (
    <Panel
      title={t('byDay')}
      question={t('byDayQuestion')}
      live={live}
      height={140}
      empty={
        live.data !== undefined &&
        days.every((day) => day.alerts === 0) && { title: t('never'), hint: t('neverHint') }
      }
      csvName="pattern-alerts"
      table={{
        head: [t('day'), t('alerts30'), t('decided'), t('confirmedFraud')],
        rows: days.map((day) => [day.date, day.alerts, day.decided, day.confirmed]),
      }}
    >
      <TimeChart
        label={t('byDay')}
        kind="bars"
        height={116}
        stepSeconds={86_400}
        current={`${days.at(-1)?.date}T00:00:00.000Z`}
        points={days.map((day) => ({
          at: `${day.date}T00:00:00.000Z`,
          confirmed: day.confirmed,
          others: day.alerts - day.confirmed,
        }))}
        series={[
          { key: 'confirmed', label: t('confirmedFraud'), color: 'var(--vg-fraud)' },
          { key: 'others', label: t('otherAlerts'), color: 'var(--vg-review)' },
        ]}
      />
    </Panel>
  );
}
