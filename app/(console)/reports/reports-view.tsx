'use client';

import { useTranslations } from 'next-intl';
import { useLive } from '@/components/live';
import { Note } from '@/components/note';
import { PageHeader } from '@/components/page-header';
import { Panel } from '@/components/panel';
import { Time } from '@/components/time';
import type { ReportAnalysts } from '@/domain/reports/analysts';
import type { ReportDays } from '@/domain/reports/days';
import type { MerchantOrder, ReportName } from '@/domain/reports/input';
import type { ReportMerchants } from '@/domain/reports/merchants';
import type { AskedPeriods } from '@/domain/reports/period';
import type { ReportRules } from '@/domain/reports/rules';
import { AnalystsPanel } from './analysts-panel';
import { DaysPanel } from './days-panel';
import { ExportMenu } from './export-menu';
import { MerchantsPanel } from './merchants-panel';
import { PeriodBar } from './period-bar';
import { ReportStats } from './report-stats';
import styles from './reports.module.css';
import { RulesPanel } from './rules-panel';
import { periodWords } from './words';

type Props = {
  asked: AskedPeriods;
  order: MerchantOrder;
  initial: {
    days: ReportDays;
    merchants?: ReportMerchants;
    rules?: ReportRules;
    analysts?: ReportAnalysts;
  };
  /** What this role may see besides the sums of days. */
  may: { merchants: boolean; rules: boolean; analysts: boolean };
  exports: readonly ReportName[];
};

/** A period against another: days, merchants, rules and analysts, by what is known now. */
export function ReportsView({ asked, order, initial, may, exports }: Props) {
  const t = useTranslations('reports');
  const days = useLive<ReportDays>('report.days', asked, initial.days, ['reports'], { every: 60_000 });
  const data = days.data ?? initial.days;
  return (
    <div className={styles.page}>
      <PageHeader
        title={t('title')}
        meta={t('meta', { period: periodWords(data.period), against: periodWords(data.against) })}
      >
        {data.first !== null && <ExportMenu names={exports} periods={data} />}
      </PageHeader>
      <PeriodBar today={data.days.at(-1)?.date ?? data.period.to} />
      {data.first === null ? (
        <Panel
          title={t('daysTitle')}
          height={200}
          empty={{
            title: t('noRunYet'),
            hint: data.nextRunAt
              ? t.rich('noRunYetHint', { at: () => <Time at={data.nextRunAt} style="time" /> })
              : t('noRunPlanned'),
          }}
        />
      ) : (
        <>
          <Freshness data={data} />
          <ReportStats data={data} payments={may.merchants} />
          <DaysPanel days={days} payments={may.merchants} />
          {may.rules && <RulesPanel asked={asked} initial={initial.rules} currency={data.currency} />}
          {may.merchants && (
            <MerchantsPanel
              asked={asked}
              order={order}
              initial={initial.merchants}
              currency={data.currency}
            />
          )}
          {may.analysts && <AnalystsPanel asked={asked} initial={initial.analysts} />}
        </>
      )}
    </div>
  );
}

/** Which days are not what they will be. */
function Freshness({ data }: { data: ReportDays }) {
  const t = useTranslations('reports');
  const changed = data.days.filter((day) => day.state === 'changed').length;
  const open = data.days.some((day) => day.state === 'open');
  const next = () => <Time at={data.nextRunAt} style="time" />;
  if (changed > 0)
    return (
      <Note tone="info" title={t('changed', { count: changed })}>
        {t.rich('changedHint', { at: next })}
      </Note>
    );
  return open ? <Note title={t('open')}>{t('openHint')}</Note> : null;
}
