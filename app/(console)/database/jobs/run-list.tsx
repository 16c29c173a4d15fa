'use client';

import { Button, Select } from '@mantine/core';
import { useTranslations } from 'next-intl';
import { parseAsString, parseAsStringLiteral, useQueryStates } from 'nuqs';
import { formatDuration, formatMs, formatNumber } from '@/components/format';
import { useLive } from '@/components/live';
import { PanelState, problemOf } from '@/components/panel-state';
import { Time, useNow } from '@/components/time';
import { type RunState, runStates } from '@/domain/jobs/catalogue';
import type { JobRun, JobRunPage } from '@/domain/jobs/queries';
import { RunBadge } from './job-state';
import styles from './jobs.module.css';
import { useJobWords } from './words';

/** The runs of a job, newest first; which of them and from where on is in the URL. */
export function RunList({ job, onCancel }: { job: string; onCancel?: (run: string) => void }) {
  const t = useTranslations('jobs');
  const [{ run: status, before }, set] = useQueryStates(
    { run: parseAsStringLiteral(runStates), before: parseAsString },
    { history: 'replace' },
  );
  const input = { job, ...(status ? { status } : {}), ...(before ? { cursor: before } : {}) };
  const runs = useLive<JobRunPage>('job.runs', input, undefined, ['jobs']);
  const rows = runs.data?.rows ?? [];
  return (
    <section aria-label={t('runs')}>
      <div className={styles.runsHead}>
        <h3>{t('runs')}</h3>
        <Select
          aria-label={t('filterRuns')}
          size="xs"
          w={132}
          clearable
          placeholder={t('allRuns')}
          value={status}
          onChange={(value) => void set({ run: value as RunState | null, before: null })}
          data={runStates.map((value) => ({ value, label: t(`states.${value}`) }))}
        />
      </div>
      {!runs.data && <PanelState problem={problemOf(runs)} height={120} retry={() => runs.refetch()} />}
      {runs.data && rows.length === 0 && (
        <p className={styles.quiet}>{status ? t('noSuchRuns') : t('noRuns')}</p>
      )}
      <ol className={styles.runs}>
        {rows.map((run) => (
          <Run key={run.id} run={run} onCancel={onCancel} />
        ))}
      </ol>
      {(before || runs.data?.next) && (
        <div className={styles.pages}>
          <Button size="xs" variant="default" disabled={!before} onClick={() => void set({ before: null })}>
            {t('newestRuns')}
          </Button>
          <Button
            size="xs"
            variant="default"
            disabled={!runs.data?.next}
            onClick={() => void set({ before: runs.data?.next ?? null })}
          >
            {t('olderRuns')}
          </Button>
        </div>
      )}
    </section>
  );
}

/** Runs that take longer than this may be cancelled. */
const longRunMs = 10_000;

function Run({ run, onCancel }: { run: JobRun; onCancel?: (run: string) => void }) {
  const t = useTranslations('jobs');
  const words = useJobWords();
  const now = useNow();
  const going = now - new Date(run.startedAt).getTime();
  const detail = detailOf(run);
  return (
    <li>
      <span>
        <RunBadge state={run.status} />
      </span>
      <span>
        <Time at={run.startedAt} style="full" />{' '}
        <span className={styles.quiet}>{words.startedBy(run.startedBy)}</span>
      </span>
      <span className={styles.took}>
        {run.status === 'running' ? formatDuration(going / 1000) : formatMs(run.durationMs)}
        {run.rows !== null &&
          run.rows > 0 &&
          ` · ${t('rowCount', { rows: formatNumber(run.rows), count: run.rows })}`}
      </span>
      {run.error && <p data-tone={run.status === 'skipped' ? undefined : 'fraud'}>{run.error}</p>}
      {run.status === 'missed' && !run.error && (
        <p>
          {t('missedMoments', {
            count: Number(run.detail?.moments ?? 1),
            until: run.endedAt ?? run.startedAt,
          })}
        </p>
      )}
      {detail && <p className="vg-mono">{detail}</p>}
      {run.cancelledBy && <p>{t('cancelledBy', { name: run.cancelledBy })}</p>}
      {run.status === 'running' &&
        onCancel &&
        !run.id.startsWith('-') &&
        !run.cancelledBy &&
        going > longRunMs && (
          <p>
            <Button size="xs" variant="default" onClick={() => onCancel(run.id)}>
              {t('cancelRun')}
            </Button>
          </p>
        )}
    </li>
  );
}

/** What a run says about itself: `days 3, days left 0`. */
function detailOf({ detail, status }: JobRun): string | null {
  if (!detail || status === 'missed') return null;
  const parts = Object.entries(detail).filter(([, value]) => value !== null && value !== 0 && value !== '');
  return parts.length > 0 ? parts.map(([key, value]) => `${key} ${String(value)}`).join(', ') : null;
}
