'use client';

import { IconChevronRight, IconCircleDashed, IconHourglass } from '@tabler/icons-react';
import { useTranslations } from 'next-intl';
import { Badge, SeverityBadge } from '@/components/badge';
import { Age } from '@/components/time';
import type { HealthCheck } from '@/domain/database/health';
import { CheckDetail } from './check-detail';
import styles from './database.module.css';
import { definitionOf, useCheckWords } from './words';

type Props = { check: HealthCheck; open: boolean; onOpen: (open: boolean) => void };

/** One check in a line that opens into its cause, evidence and fix. */
export function CheckRow({ check, open, onOpen }: Props) {
  const t = useTranslations('database');
  const words = useCheckWords();
  const unit = definitionOf(check.name)?.unit ?? 'count';
  const red = check.status === 'warning' || check.status === 'critical';
  return (
    <details
      className={styles.check}
      open={open}
      onToggle={(event) => event.currentTarget.open !== open && onOpen(event.currentTarget.open)}
    >
      <summary className={styles.summary}>
        <IconChevronRight size={14} stroke={2} className={styles.chevron} aria-hidden />
        <span className={styles.checkName}>{words.name(check)}</span>
        <span>
          <CheckBadge status={check.status} />
        </span>
        <span className={styles.checkValue}>{words.format(check.value, unit)}</span>
        <span className={styles.checkWords}>
          {check.reason ? words.reason(check) : red ? words.cause(check) : words.means(check)}
        </span>
        <span className={styles.checkSince}>{t.rich('forAge', { age: () => <Age at={check.since} /> })}</span>
      </summary>
      {open && <CheckDetail check={check} />}
    </details>
  );
}

/** The state of a check as a badge: word, icon and colour. */
export function CheckBadge({ status }: { status: HealthCheck['status'] }) {
  const t = useTranslations('database');
  if (status === 'skipped') return <Badge icon={IconCircleDashed}>{t('statuses.skipped')}</Badge>;
  if (status === 'too_little') return <Badge icon={IconHourglass}>{t('statuses.too_little')}</Badge>;
  return <SeverityBadge severity={status} />;
}
