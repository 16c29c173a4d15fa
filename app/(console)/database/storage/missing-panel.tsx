'use client';

import { Button, TextInput } from '@mantine/core';
import { IconCopy } from '@tabler/icons-react';
import type { UseQueryResult } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { Details } from '@/components/details';
import { ConfirmDialog } from '@/components/dialog';
import { formatTime } from '@/components/format';
import type { LiveError } from '@/components/live';
import { Note } from '@/components/note';
import { Panel } from '@/components/panel';
import { Age, useNow } from '@/components/time';
import { toast } from '@/components/toast';
import { useCommand } from '@/components/use-command';
import type { MissingPartitions } from '@/domain/storage/queries';
import { SqlBlock } from '../sql-block';
import { makePartitionsAction } from './actions';
import { Mark } from './mark';
import styles from './storage.module.css';
import { daysTo, urgentDays } from './words';

type Asking = 'missing' | 'import' | null;
type Props = { missing: UseQueryResult<MissingPartitions, LiveError>; mayMake: boolean };

/** What has no place, what follows from it, and the way to make it. */
export function MissingPanel({ missing, mayMake }: Props) {
  const t = useTranslations('storage.make');
  const [asking, setAsking] = useState<Asking>(null);
  const [shown, setShown] = useState(false);
  const data = missing.data;
  return (
    <Panel title={t('title')} live={missing} at={data?.at} height={160}>
      {data && (
        <div className={styles.body}>
          {data.count === 0 ? <Mark tone="ok">{t('none')}</Mark> : <Gap missing={data} />}
          <JobLine missing={data} />
          {data.count > 0 && <What missing={data} />}
          <div className={styles.buttons}>
            {mayMake && data.count > 0 && (
              <Button onClick={() => setAsking('missing')}>{t('verb', { count: data.count })}</Button>
            )}
            {data.count > 0 && (
              <Button
                variant="default"
                leftSection={<IconCopy size={16} stroke={1.75} />}
                aria-expanded={shown}
                onClick={() => setShown(!shown)}
              >
                {t('sql')}
              </Button>
            )}
            {mayMake && (
              <Button variant={data.count > 0 ? 'subtle' : 'default'} onClick={() => setAsking('import')}>
                {t('forImport')}
              </Button>
            )}
          </div>
          {shown && data.count > 0 && <SqlBlock text={`${data.statements.join(';\n')};`} />}
          <MakeDialog asking={asking} count={data.count} onClose={() => setAsking(null)} />
        </div>
      )}
    </Panel>
  );
}

/** Which rows find no place, and from when on. */
function Gap({ missing }: { missing: MissingPartitions }) {
  const t = useTranslations('storage.make');
  const now = useNow();
  const payments = missing.rows.find((row) => row.table === 'transactions' && row.from > missing.at);
  const first = payments ?? missing.rows[0];
  if (!first) return null;
  const risk = /_high_risk$/.test(first.name) ? 'high' : /_low_risk$/.test(first.name) ? 'low' : 'all';
  const from = formatTime(first.from, 'UTC', 'date');
  const urgent = first.from > missing.at && daysTo(first.from, now) < urgentDays;
  return (
    <Note
      tone={urgent ? 'fraud' : 'review'}
      title={payments ? t(`refused.${risk}`, { from }) : t('refusedRows', { from, table: first.table })}
    >
      {missing.rows.some((row) => row.beside) && t('beside')}
    </Note>
  );
}

function JobLine({ missing: { job } }: { missing: MissingPartitions }) {
  const t = useTranslations('storage.make');
  if (!job) return <p className={styles.quiet}>{t('jobNever')}</p>;
  return (
    <p className={styles.quiet}>
      {t.rich(job.status === 'failed' ? 'jobFailed' : 'jobRan', { age: () => <Age at={job.startedAt} /> })}{' '}
      {job.paused && t('jobPaused')} {job.error}
    </p>
  );
}

function What({ missing }: { missing: MissingPartitions }) {
  const t = useTranslations('storage.make');
  const shown = missing.rows.slice(0, 4);
  return (
    <Details
      items={[
        [
          t('makes'),
          <span key="makes" className={`${styles.names} vg-mono`}>
            {shown.map((row) => (
              <span key={row.name}>{row.name}</span>
            ))}
            {missing.count > shown.length && t('more', { count: missing.count - shown.length })}
          </span>,
        ],
        [t('takes'), t('takesWords')],
        [t('lock'), t('lockWords')],
      ]}
    />
  );
}

function MakeDialog({ asking, count, onClose }: { asking: Asking; count: number; onClose: () => void }) {
  const t = useTranslations('storage.make');
  const [from, setFrom] = useState('');
  const [to, setTo] = useState('');
  const make = useCommand(makePartitionsAction, {
    done: ({ id }) => {
      toast({ title: t('asked', { id }) });
      close();
    },
  });
  const close = () => {
    make.clear();
    setFrom('');
    setTo('');
    onClose();
  };
  const old = asking === 'import';
  return (
    <ConfirmDialog
      opened={asking !== null}
      onClose={close}
      title={old ? t('importQuestion') : t('question', { count })}
      verb={old ? t('importVerb') : t('verb', { count })}
      consequences={[
        { text: t('effect') },
        { text: t('giveWay') },
        ...(old ? [{ text: t('importHeld') }] : []),
      ]}
      pending={make.pending}
      error={make.error}
      onConfirm={() => make.run(old ? { from: from || null, to: to || null } : {})}
    >
      {old && (
        <div className={styles.fields}>
          <TextInput
            label={t('from')}
            type="month"
            value={from}
            required
            error={make.fieldError('from')}
            onChange={(event) => setFrom(event.currentTarget.value)}
          />
          <TextInput
            label={t('to')}
            type="month"
            value={to}
            required
            error={make.fieldError('to')}
            onChange={(event) => setTo(event.currentTarget.value)}
          />
        </div>
      )}
    </ConfirmDialog>
  );
}
