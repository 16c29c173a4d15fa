'use client';

import type { UseQueryResult } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import type { LiveError } from '@/components/live';
import { Note } from '@/components/note';
import { useOpenRow } from '@/components/table-state';
import type { MetricSeries } from '@/domain/metrics/queries';
import type { StreamSummary } from '@/domain/stream/queries';
import { DeadGroups } from './dead-groups';
import { LetterList } from './letter-list';
import { LetterSheet } from './letter-sheet';
import styles from './pipeline.module.css';
import type { Initial } from './pipeline-view';
import { StreamCharts } from './stream-charts';
import { StreamStages } from './stream-stages';
import { WorkerPanel } from './worker-panel';

type Props = {
  summary: UseQueryResult<StreamSummary, LiveError>;
  figures: UseQueryResult<MetricSeries, LiveError>;
  initial: Initial;
  mayAct: boolean;
  maySeeTrail: boolean;
};

/** The queue: where payments stand, how it went, who works on it, and what was given up. */
export function StreamTab({ summary, figures, initial, mayAct, maySeeTrail }: Props) {
  const t = useTranslations('pipeline');
  const open = useOpenRow();
  const now = summary.data ?? initial.summary;
  const stuck = now.pending + now.failed > 0 && now.lagSeconds > 15 && now.workers.length === 0;
  const id = Number(open.key);
  return (
    <>
      {stuck && (
        <Note tone="fraud" title={t('nobodyWorks', { count: now.pending + now.failed })}>
          {t('nobodyWorksHint')}
        </Note>
      )}
      <StreamStages summary={summary} />
      <StreamCharts figures={figures} />
      <div className={styles.pair}>
        <DeadGroups summary={summary} mayAct={mayAct} />
        <WorkerPanel summary={summary} initial={initial.processes} />
      </div>
      <LetterList initial={initial.letters} open={open} mayAct={mayAct} />
      {Number.isSafeInteger(id) && id > 0 && (
        <LetterSheet key={id} id={id} mayAct={mayAct} maySeeTrail={maySeeTrail} onClose={open.close} />
      )}
    </>
  );
}
