'use client';

import { useTranslations } from 'next-intl';
import type { ReactNode } from 'react';
import { DASH, formatNumber, formatPercent } from '@/components/format';
import { type Measure, measures } from '@/domain/ab-tests/input';
import type { AbTestReport } from '@/domain/ab-tests/report';
import styles from './ab-tests.module.css';
import { pWords, signedFigure } from './verdict';

type Props = { report: AbTestReport; primary: Measure };

/** Both arms beside each other, figure by figure, with what lies between them. */
export function Comparison({ report, primary }: Props) {
  const t = useTranslations('abTests');
  const { champion, challenger } = report.arms;
  const count = (of: 'customers' | 'payments' | 'judged' | 'frauds' | 'stopped') => (
    <Row
      key={of}
      head={t(`counts.${of}`)}
      cells={[formatNumber(champion?.[of]), formatNumber(challenger?.[of])]}
    />
  );
  const money = (arm: typeof champion) =>
    arm && arm.fraudAmount > 0 ? formatPercent(arm.caughtAmount / arm.fraudAmount) : DASH;
  return (
    <>
      <table className={styles.comparison} aria-label={t('comparison')}>
        <thead>
          <tr>
            <td />
            <th scope="col">{t('champion')}</th>
            <th scope="col">{t('challenger')}</th>
            <th scope="col">{t('difference')}</th>
          </tr>
        </thead>
        <tbody>
          {count('customers')}
          {count('payments')}
          {count('judged')}
          {count('frauds')}
          {count('stopped')}
          <Row head={t('counts.money')} cells={[money(champion), money(challenger)]} />
          {measures.map((measure) => (
            <MeasureRow key={measure} report={report} measure={measure} primary={measure === primary} />
          ))}
        </tbody>
      </table>
      <p className={styles.quiet}>{t('comparisonHelp')}</p>
    </>
  );
}

type MeasureProps = { report: AbTestReport; measure: Measure; primary: boolean };

function MeasureRow({ report: { arms, differences }, measure, primary }: MeasureProps) {
  const t = useTranslations('abTests');
  const figure = (of: { value: number; low: number; high: number } | null | undefined) =>
    of ? (
      <Two key="figure" first={formatNumber(of.value, 3)}>
        {formatNumber(of.low, 3)}–{formatNumber(of.high, 3)}
      </Two>
    ) : (
      DASH
    );
  const difference = differences[measure];
  return (
    <Row
      head={primary ? <Two first={t(`measures.${measure}`)}>{t('decides')}</Two> : t(`measures.${measure}`)}
      primary={primary}
      cells={[
        figure(arms.champion?.[measure]),
        figure(arms.challenger?.[measure]),
        difference ? (
          <Two key="difference" first={signedFigure(difference.value)}>
            {signedFigure(difference.low)} … {signedFigure(difference.high)}
            <br />
            {pWords(difference.p)}
          </Two>
        ) : (
          DASH
        ),
      ]}
    />
  );
}

const Two = ({ first, children }: { first: ReactNode; children: ReactNode }) => (
  <>
    {first}
    <span className={styles.below}>{children}</span>
  </>
);

function Row({ head, cells, primary }: { head: ReactNode; cells: ReactNode[]; primary?: boolean }) {
  return (
    <tr data-primary={primary || undefined}>
      <th scope="row">{head}</th>
      {[0, 1, 2].map((i) => (
        <td key={i}>{cells[i]}</td>
      ))}
    </tr>
  );
}
