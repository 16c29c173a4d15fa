'use client';

import { Button } from '@mantine/core';
import { IconAlertOctagon } from '@tabler/icons-react';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { formatAge, formatMoney, formatNumber, formatPercent, formatTime } from '@/components/format';
import { useLive } from '@/components/live';
import { useNow, useZone } from '@/components/time';
import type { MerchantAttack } from '@/domain/overview/attack';
import { paymentsLink } from './links';
import styles from './overview.module.css';

type Props = { initial?: { attack: MerchantAttack | null }; currency: string; payments: boolean };

/** What is being attacked, for how long, what got through, and the one thing to do. Nothing without an attack. */
export function AttackBanner({ initial, currency, payments }: Props) {
  const t = useTranslations('overview');
  const now = useNow();
  const live = useLive('overview.attack', {}, initial, ['alerts'], { every: 30_000 });
  const attack = live.data?.attack;
  if (!attack) return null;
  const merchant = attack.merchantName ?? attack.merchantId;
  return (
    <section className={styles.attack} aria-labelledby="attack-title">
      <IconAlertOctagon size={20} stroke={1.75} className={styles.attackIcon} aria-hidden />
      <div className={styles.attackWords}>
        <h2 id="attack-title">{t('attackTitle', { merchant, age: formatAge(attack.since, now) })}</h2>
        <p>
          {t.rich('attackText', {
            attempts: attack.attempts,
            attemptsShown: formatNumber(attack.attempts),
            cards: attack.cards,
            cardsShown: formatNumber(attack.cards),
            share: formatPercent(attack.share),
            usual: formatPercent(attack.usualShare),
            blocked: formatNumber(attack.blocked),
            passed: formatNumber(attack.passed),
            amount: formatMoney(attack.passedAmount, currency),
            b: (text) => <strong>{text}</strong>,
          })}
        </p>
      </div>
      <Minutes attack={attack} />
      <div className={styles.attackActions}>
        {payments && (
          <Button
            component={Link}
            variant="default"
            href={paymentsLink({ merchant: attack.merchantId, decision: 'BLOCK,REVIEW' })}
          >
            {t('seePayments')}
          </Button>
        )}
        {attack.openAlerts > 0 && (
          <Button component={Link} href={`/alerts?merchant=${encodeURIComponent(attack.merchantId)}`}>
            {t('workAlerts', { count: attack.openAlerts, shown: formatNumber(attack.openAlerts) })}
          </Button>
        )}
      </div>
    </section>
  );
}

function Minutes({ attack }: { attack: MerchantAttack }) {
  const t = useTranslations('overview');
  const zone = useZone();
  const now = useNow();
  const most = Math.max(1, ...attack.minutes);
  return (
    <div className={styles.minutes}>
      <svg viewBox="0 0 240 30" aria-hidden="true" preserveAspectRatio="none">
        {attack.minutes.map((count, i) => {
          const height = (count / most) * 29;
          return <rect key={i} x={i * 4} y={30 - height} width={3} height={height} fill="var(--vg-fraud)" />;
        })}
      </svg>
      <span>{formatTime(now - 3_600_000, zone, 'time')}</span>
      <span>{t('attackMinutes', { now: attack.minutes.at(-1) ?? 0 })}</span>
    </div>
  );
}
