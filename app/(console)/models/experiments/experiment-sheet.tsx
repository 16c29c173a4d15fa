'use client';

import { Button } from '@mantine/core';
import {
  IconAlertOctagon,
  IconBan,
  IconCircleCheck,
  IconHourglass,
  IconPlayerPlay,
} from '@tabler/icons-react';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { Badge, type Tone } from '@/components/badge';
import { Details } from '@/components/details';
import { ConfirmDialog } from '@/components/dialog';
import { formatDuration, formatNumber, formatPercent } from '@/components/format';
import { KeyHint } from '@/components/key-hint';
import { useShortcuts } from '@/components/keyboard';
import { Note } from '@/components/note';
import { SideSheet } from '@/components/side-sheet';
import { Time } from '@/components/time';
import { toast } from '@/components/toast';
import { useCommand } from '@/components/use-command';
import type { ExperimentState } from '@/domain/models/input';
import type { ExperimentRow } from '@/domain/models/queries';
import { cancelTrainingAction } from '../actions';
import styles from '../models.module.css';
import { isOpen } from './experiments-view';

const badges: Record<ExperimentState, { tone: Tone; icon: typeof IconBan }> = {
  WAITING: { tone: 'primary', icon: IconHourglass },
  RUNNING: { tone: 'primary', icon: IconPlayerPlay },
  DONE: { tone: 'ok', icon: IconCircleCheck },
  FAILED: { tone: 'fraud', icon: IconAlertOctagon },
  CANCELLED: { tone: 'plain', icon: IconBan },
};

/** Its state, and while it runs how far it is. */
export function ExperimentProgress({ row }: { row: ExperimentRow }) {
  const t = useTranslations('experiments');
  const badge = <Badge {...badges[row.status]}>{t(`states.${row.status}`)}</Badge>;
  if (row.status !== 'RUNNING') return badge;
  return (
    <span className={styles.progress}>
      {badge}
      <span className={styles.track} aria-hidden="true">
        <span style={{ width: formatWidth(row.progress) }} />
      </span>
      {formatPercent(row.progress, 0)}
    </span>
  );
}

const formatWidth = (share: number): string => `${Math.min(100, Math.round(100 * share))}%`;

type Props = { row: ExperimentRow; mayCancel: boolean; onClose: () => void };

/** One run: what it learns from, what it is at, what came of it, and ending it. */
export function ExperimentSheet({ row, mayCancel, onClose }: Props) {
  const t = useTranslations('experiments');
  const models = useTranslations('models');
  const [asking, setAsking] = useState(false);
  const can = mayCancel && isOpen(row);
  const ask = () => setAsking(true);
  useShortcuts([
    { keys: 'c', label: t('cancel'), group: t('title'), run: ask, disabled: !can, hidden: !can },
  ]);
  const { plan } = row;
  const span = (from: string, to: string) => (
    <span>
      <Time at={from} style="day" /> – <Time at={to} style="day" />
    </span>
  );
  return (
    <SideSheet
      title={row.name}
      id={`#${row.id}`}
      onClose={onClose}
      actions={
        can && (
          <Button variant="danger" rightSection={<KeyHint keys="C" />} onClick={ask}>
            {t('cancel')}
          </Button>
        )
      }
    >
      <Sentence row={row} />
      <Details
        wide
        items={[
          [models('state'), <ExperimentProgress key="state" row={row} />],
          [models('type'), models(`types.${row.type}`)],
          plan && [models('learntWindow'), span(plan.trainFrom, plan.trainTo)],
          plan && [models('judgedWindow'), span(plan.assessFrom, plan.assessTo)],
          plan && [
            t('unlabelled'),
            plan.matureDays === null ? t('leftOut') : t('genuineAfter', { count: plan.matureDays }),
          ],
          plan && [t('seed'), formatNumber(plan.seed)],
          row.aucRoc !== null && [models('aucRoc'), formatNumber(row.aucRoc, 3)],
          row.averagePrecision !== null && [
            models('averagePrecision'),
            formatNumber(row.averagePrecision, 3),
          ],
          row.trainingMs !== null && [t('took'), formatDuration(row.trainingMs / 1000)],
          [t('started'), <Time key="started" at={row.createdAt} style="full" />],
          row.endedAt !== null && [t('ended'), <Time key="ended" at={row.endedAt} style="full" />],
          [models('by'), row.createdByName],
        ]}
      />
      {asking && <CancelDialog row={row} onClose={() => setAsking(false)} />}
    </SideSheet>
  );
}

function Sentence({ row }: { row: ExperimentRow }) {
  const t = useTranslations('experiments');
  if (row.status === 'FAILED')
    return (
      <Note tone="fraud" title={t('failed')}>
        {row.message === 'lost' ? t('lost') : row.message}
      </Note>
    );
  if (row.status === 'DONE' && row.model)
    return (
      <p>
        {t.rich('became', {
          name: `${row.model.name} ${row.model.version}`,
          link: (text) => (
            <Link href={`/models?open=${encodeURIComponent(`${row.model?.name}~${row.model?.version}`)}`}>
              {text}
            </Link>
          ),
        })}
      </p>
    );
  const step = row.message && t.has(`steps.${row.message}`) ? row.message : 'WAITING';
  return <p>{row.status === 'CANCELLED' ? t('steps.CANCELLED') : t(`steps.${step}`)}</p>;
}

function CancelDialog({ row, onClose }: { row: ExperimentRow; onClose: () => void }) {
  const t = useTranslations('experiments');
  const cancel = useCommand(cancelTrainingAction, {
    done: () => {
      onClose();
      toast({ title: t('cancelled', { name: row.name }) });
    },
  });
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={t('cancelQuestion', { name: row.name })}
      verb={t('cancel')}
      danger
      consequences={[{ text: t('cancelEffect') }]}
      pending={cancel.pending}
      error={cancel.error ?? cancel.fieldError('id')}
      onConfirm={() => cancel.run({ id: row.id })}
    />
  );
}
