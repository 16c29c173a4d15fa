'use client';

import { IconAlertCircle } from '@tabler/icons-react';
import { useTranslations } from 'next-intl';
import type { ReactNode } from 'react';
import { DASH, formatMoney, NBSP, timeParts } from '@/components/format';
import { Panel } from '@/components/panel';
import { useZone } from '@/components/time';
import type { Explanation } from '@/domain/transactions/explain';
import styles from './explanation.module.css';
import { UsualChart } from './usual-chart';
import { usualHours } from './usual-hours';

const hourOf = (at: string, zone: string) => Number(timeParts(at, zone).hour);
/** `€` */
const currencySymbol = (currency: string) => formatMoney(0, currency).split(NBSP)[0] ?? currency;
const clock = (hour: number) => String(hour).padStart(2, '0');

/** Is this payment like what the customer does? Thirty days of payments, and habits beside now. */
export function UsualPanel({ explanation }: { explanation: Explanation }) {
  const t = useTranslations('explanation');
  const zone = useZone();
  const { payment, usual, baseCurrency } = explanation;
  const hours = usualHours(
    usual.payments.filter((each) => each.at <= usual.habitBefore).map((each) => hourOf(each.at, zone)),
  );
  const hour = hourOf(payment.at, zone);
  const time = timeParts(payment.at, zone);
  const none = usual.count === 0;
  const rows: [label: string, usually: string, now: string | null, odd: boolean][] = [
    [
      t('country'),
      usual.countries.join(', '),
      payment.country,
      payment.country !== null && !usual.countries.includes(payment.country),
    ],
    [
      t('device'),
      usual.devices.join(', '),
      payment.deviceId,
      payment.deviceId !== null && !usual.devices.includes(payment.deviceId),
    ],
    [
      t('channel'),
      usual.channels.join(', '),
      payment.channel,
      payment.channel !== null && !usual.channels.includes(payment.channel),
    ],
    [
      t('hour'),
      hours ? t('hours', { from: clock(hours.from), to: clock(hours.to) }) : '',
      `${time.hour}:${time.minute}`,
      hours !== null && !hours.includes(hour),
    ],
  ];
  return (
    <Panel
      title={t('usual')}
      question={t('usualRange', { currency: currencySymbol(baseCurrency) })}
      flush
      table={{
        head: [t('when'), t('amount')],
        rows: usual.payments.map((each) => [each.at, each.amountBase]),
      }}
      csvName={`customer-${payment.userId}`}
    >
      <div className={styles.padded}>
        {none ? (
          <p className={styles.quiet}>{t('firstPayment')}</p>
        ) : (
          <UsualChart
            payments={usual.payments}
            mean={usual.mean}
            now={{ at: payment.at, amountBase: payment.amountBase }}
            label={t('usualChart', {
              count: usual.count,
              mean: formatMoney(usual.mean, baseCurrency),
              amount: formatMoney(payment.amountBase, baseCurrency),
            })}
            meanLabel={t('mean', { mean: formatMoney(usual.mean, baseCurrency) })}
            nowLabel={t('thisPayment', { amount: formatMoney(payment.amountBase, baseCurrency) })}
          />
        )}
      </div>
      <table className={styles.table} data-fixed>
        <thead>
          <tr>
            <td />
            <th scope="col">{t('usually')}</th>
            <th scope="col">{t('now')}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(([label, usually, now, odd]) => (
            <tr key={label}>
              <th scope="row">{label}</th>
              <td title={usually}>{usually || DASH}</td>
              <td title={now ?? undefined}>{odd && !none ? <Odd>{now}</Odd> : (now ?? DASH)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  );
}

function Odd({ children }: { children: ReactNode }) {
  const t = useTranslations('explanation');
  return (
    <span className={styles.odd}>
      <IconAlertCircle size={14} stroke={2} role="img" aria-label={t('unusual')} />
      {children}
    </span>
  );
}
