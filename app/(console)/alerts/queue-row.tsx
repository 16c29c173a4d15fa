'use client';

import { Checkbox } from '@mantine/core';
import { IconAlertCircle, IconClockExclamation } from '@tabler/icons-react';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import type { MouseEvent } from 'react';
import { AlertBadge, LevelMeter } from '@/components/badge';
import type { ExplanationWords } from '@/components/explanation/words';
import { formatAlertId, formatDuration, formatMoney, formatScore } from '@/components/format';
import { useNow } from '@/components/time';
import type { AlertRow } from '@/domain/alerts/rows';
import styles from './queue.module.css';
import { stateOf } from './state';

/** Less than this is left: due soon. */
const soonSeconds = 30 * 60;

/** Time left to the service level in words and colour; decided alerts have none. */
export function DueIn({ at, long = false }: { at: string; long?: boolean }) {
  const t = useTranslations('alerts');
  const now = useNow();
  const seconds = Math.floor((new Date(at).getTime() - now) / 1000);
  const over = seconds < 0;
  const time = formatDuration(Math.max(1, Math.floor(Math.abs(seconds) / 60)) * 60);
  const tone = over ? 'over' : seconds < soonSeconds ? 'soon' : undefined;
  return (
    <span className={styles.due} data-tone={tone}>
      {over && <IconAlertCircle size={14} stroke={2} aria-hidden />}
      {tone === 'soon' && <IconClockExclamation size={14} stroke={2} aria-hidden />}
      {over ? t(long ? 'dueOver' : 'overdue', { time }) : t(long ? 'dueIn' : 'due', { time })}
    </span>
  );
}

type Props = {
  row: AlertRow;
  words: ExplanationWords;
  me: string;
  selected: boolean;
  ticked: boolean;
  /** In an attack the merchant is known: the customer leads. */
  grouped: boolean;
  onOpen: (event: MouseEvent) => void;
  onTick?: () => void;
};

export function QueueRow({ row, words, me, selected, ticked, grouped, onOpen, onTick }: Props) {
  const t = useTranslations('alerts');
  const customer = row.userName ?? row.userId;
  const merchant = row.merchantName ?? row.merchantId;
  const card = row.cardLastFour && t('card', { digits: row.cardLastFour });
  const taken = row.holderId !== null && row.holderId !== me;
  const reason = row.reasons[0];
  const title = grouped ? [customer, card].filter(Boolean).join(', ') : `${merchant}, ${customer}`;
  return (
    <li
      className={styles.row}
      data-id={row.id}
      data-selected={selected || undefined}
      data-ticked={ticked || undefined}
      data-taken={taken || undefined}
    >
      {onTick ? (
        <Checkbox
          size="xs"
          checked={ticked}
          onChange={onTick}
          aria-label={t('select', { id: formatAlertId(row.id) })}
          tabIndex={-1}
        />
      ) : (
        <span />
      )}
      <span className={styles.rowScore}>
        {formatScore(row.score)}
        <LevelMeter level={row.riskLevel} />
      </span>
      <Link
        href={`/alerts/${row.id}`}
        prefetch={false}
        className={styles.rowText}
        onClick={onOpen}
        aria-current={selected || undefined}
      >
        <span className={styles.rowTitle}>{title}</span>
        <span className={styles.rowReason}>
          {taken ? t('held', { name: row.holderName ?? '' }) : reason ? words.reason(reason) : ''}
        </span>
      </Link>
      <span className={styles.rowEnd}>
        <span>{formatMoney(row.amount, row.currency)}</span>
        {row.status === 'open' ? <DueIn at={row.slaDueAt} /> : <AlertBadge state={stateOf(row)} />}
      </span>
    </li>
  );
}
