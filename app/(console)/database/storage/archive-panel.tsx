'use client';

import { Button } from '@mantine/core';
import { IconAlertTriangle, IconArrowBackUp, IconCircleCheck } from '@tabler/icons-react';
import type { UseQueryResult } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { type ReactNode, useState } from 'react';
import { Details } from '@/components/details';
import { formatBytes, formatNumber, formatTime } from '@/components/format';
import type { LiveError } from '@/components/live';
import { Panel } from '@/components/panel';
import { Age } from '@/components/time';
import type { ArchiveMonth, ArchivePreview } from '@/domain/storage/archive';
import { type MonthDialog, MonthDialogs } from './month-dialogs';
import styles from './storage.module.css';
import { countWords, spanWords } from './words';

type Props = { archive: UseQueryResult<ArchivePreview, LiveError>; mayMove: boolean };

/** What the archive takes next and what follows from it; the months that it has, and the way back. */
export function ArchivePanel({ archive, mayMove }: Props) {
  const t = useTranslations('storage.next');
  const [asking, setAsking] = useState<MonthDialog | null>(null);
  const data = archive.data;
  const month = data?.due[0] ?? data?.next ?? undefined;
  const movable = data
    ? [...data.due, ...data.movable.filter((one) => !data.due.some((due) => due.month === one.month))]
    : [];
  return (
    <Panel
      title={t('title')}
      question={data && <When preview={data} />}
      live={archive}
      at={data?.at}
      height={280}
    >
      {data && (
        <div className={styles.body}>
          {month ? <Moves month={month} /> : <p>{t('none')}</p>}
          {month && <Points preview={data} month={month} />}
          <hr className={styles.rule} />
          <Facts preview={data} />
          {mayMove && (
            <div className={styles.buttons}>
              <Button variant="default" disabled={movable.length === 0} onClick={() => setAsking('archive')}>
                {t('archiveNow')}
              </Button>
              <Button
                variant="subtle"
                color="gray"
                leftSection={<IconArrowBackUp size={16} stroke={1.75} />}
                disabled={data.archived.length === 0}
                onClick={() => setAsking('bringBack')}
              >
                {t('bringBack')}
              </Button>
            </div>
          )}
          <MonthDialogs
            asking={asking}
            months={asking === 'bringBack' ? [...data.archived].reverse() : movable}
            onClose={() => setAsking(null)}
          />
        </div>
      )}
    </Panel>
  );
}

function When({ preview }: { preview: ArchivePreview }) {
  const t = useTranslations('storage.next');
  const values = { months: preview.keepMonths };
  if (preview.job?.paused) return <>{t('paused', values)}</>;
  if (preview.due.length > 0) return <>{t('soon', values)}</>;
  if (!preview.next) return <>{t('keeps', values)}</>;
  return <>{t('on', { ...values, date: formatTime(preview.next.at, 'UTC', 'date') })}</>;
}

function Moves({ month }: { month: ArchiveMonth }) {
  const t = useTranslations('storage.next');
  return (
    <table className={styles.list} aria-label={t('moves')}>
      <thead>
        <tr>
          <th scope="col">{t('moves')}</th>
          <th scope="col">{t('rows')}</th>
          <th scope="col">{t('size')}</th>
        </tr>
      </thead>
      <tbody>
        {month.leaves.map((leaf) => (
          <tr key={leaf.name}>
            <td className="vg-mono">{leaf.name}</td>
            <td>{countWords(leaf.rows)}</td>
            <td>{formatBytes(leaf.bytes)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Point({ warn, children }: { warn?: boolean; children: ReactNode }) {
  const Icon = warn ? IconAlertTriangle : IconCircleCheck;
  return (
    <li data-warn={warn || undefined}>
      <Icon size={14} stroke={2} aria-hidden /> <span>{children}</span>
    </li>
  );
}

function Points({ preview, month }: { preview: ArchivePreview; month: ArchiveMonth }) {
  const t = useTranslations('storage.next');
  const { job, due, held } = preview;
  return (
    <ul className={styles.points}>
      <Point>{t('kept')}</Point>
      <Point warn={month.openAlerts > 0}>
        {t('openAlerts', { count: month.openAlerts, shown: formatNumber(month.openAlerts) })}
      </Point>
      {due.length > 1 && <Point warn>{t('dueMore', { count: due.length - 1 })}</Point>}
      {held.length > 0 && (
        <Point warn>
          {t('held', { months: held.map((one) => spanWords(one.month)).join(', '), count: held.length })}
        </Point>
      )}
      {job && job.status !== 'ok' && job.error && (
        <Point warn>{t.rich('lastRun', { age: () => <Age at={job.startedAt} />, error: job.error })}</Point>
      )}
    </ul>
  );
}

function Facts({ preview: { archived } }: { preview: ArchivePreview }) {
  const t = useTranslations('storage.next');
  const [first, last] = [archived[0], archived.at(-1)];
  return (
    <Details
      items={[
        [
          t('inArchive'),
          first && last
            ? t('inArchiveWords', {
                months:
                  first === last
                    ? spanWords(first.month)
                    : t('range', { from: spanWords(first.month), to: spanWords(last.month) }),
                rows: countWords(archived.reduce((sum, one) => sum + one.rows, 0)),
              })
            : t('nothing'),
        ],
        [t('lock'), t('lockWords')],
        [t('undo'), t('undoWords')],
      ]}
    />
  );
}
