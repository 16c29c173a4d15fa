'use client';

import { UnstyledButton } from '@mantine/core';
import { IconBolt } from '@tabler/icons-react';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { DecisionBadge } from '@/components/badge';
import { formatMoney, formatNumber } from '@/components/format';
import { useLive } from '@/components/live';
import { Note } from '@/components/note';
import { Time } from '@/components/time';
import type { Condition } from '@/domain/rules/conditions';
import type { DryRun } from '@/domain/rules/dry-run';
import styles from './rules.module.css';

/** Longer conditions do not fit an address; they can be tried once they are saved. */
const longest = 6000;

type Props = { conditions: Condition; versionId?: number; what: string };

/** "On the last 1 000 payments v3 fires 31 times: 30 were stopped anyway, 1 was allowed." */
export function DryRunNote({ conditions, versionId, what }: Props) {
  const t = useTranslations('rules.dryRun');
  const [open, setOpen] = useState(false);
  const input = versionId === undefined ? { conditions } : { versionId };
  const enabled = JSON.stringify(input).length <= longest;
  const run = useLive<DryRun>('rule.dry-run', input, undefined, ['rules'], { enabled });
  if (!enabled) return <Note>{t('tooLong')}</Note>;
  if (run.isError) return <Note>{t('failed')}</Note>;
  if (!run.data) return <Note>{t('running')}</Note>;
  const { payments, fired, stopped, sample } = run.data;
  if (payments === 0) return <Note>{t('noPayments')}</Note>;
  const values = { what, payments: formatNumber(payments), fired, stopped, allowed: fired - stopped };
  return (
    <div className={styles.dryRun} aria-live="polite">
      <p>
        <IconBolt size={14} stroke={2} aria-hidden />
        <span>
          {t.rich('result', { ...values, b: (text) => <strong>{text}</strong> })}{' '}
          {fired > 0 && (
            <UnstyledButton className={styles.link} aria-expanded={open} onClick={() => setOpen(!open)}>
              {open ? t('hide') : t('show')}
            </UnstyledButton>
          )}
        </span>
      </p>
      {open && (
        <ul className={styles.sample}>
          {sample.map((each) => (
            <li key={each.transactionId}>
              <Time at={each.at} style="short" />
              <Link href={`/transactions/${encodeURIComponent(each.transactionId)}`}>{each.userId}</Link>
              <span className={styles.number}>{formatMoney(each.amount, each.currency)}</span>
              <DecisionBadge decision={each.decision} />
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
