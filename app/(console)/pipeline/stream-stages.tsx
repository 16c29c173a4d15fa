'use client';

import {
  IconArchiveOff,
  IconHourglass,
  IconLoader,
  IconMailOff,
  IconRefreshAlert,
} from '@tabler/icons-react';
import type { UseQueryResult } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { formatDuration, formatNumber } from '@/components/format';
import type { LiveError } from '@/components/live';
import { Panel } from '@/components/panel';
import { type Stage, Stages } from '@/components/stages';
import { useNow } from '@/components/time';
import type { StreamSummary } from '@/domain/stream/queries';
import { limitOf } from './limits';
import { useErrorWords } from './words';

const icon = { size: 16, stroke: 1.75, 'aria-hidden': true } as const;

/** The states a payment of the queue can be in, from left to right; the last two wait for a person. */
export function StreamStages({ summary }: { summary: UseQueryResult<StreamSummary, LiveError> }) {
  const t = useTranslations('pipeline');
  const { data } = summary;
  const states = ['pending', 'processing', 'failed', 'dead', 'discarded'] as const;
  return (
    <Panel
      title={t('stagesTitle')}
      question={t('stagesQuestion')}
      live={summary}
      at={data?.readAt}
      staleAfter={30}
      flush
      height={84}
      table={
        data && {
          head: [t('status'), t('count')],
          rows: states.map((state) => [t(`states.${state}`), data[state]]),
        }
      }
      csvName="stream-by-status"
    >
      {data && <StageRow data={data} />}
    </Panel>
  );
}

function StageRow({ data }: { data: StreamSummary }) {
  const t = useTranslations('pipeline');
  const words = useErrorWords();
  const open = data.pending + data.processing + data.failed;
  const part = (count: number) => (open > 0 ? count / open : 0);
  const { warning, critical } = limitOf('streamBacklog');
  const dead = limitOf('deadLetters');
  const backlog = open >= critical ? 'critical' : open >= warning ? 'warning' : 'ok';
  const most = data.deadByError[0];
  const stages: Stage[] = [
    {
      label: t('states.pending'),
      icon: <IconHourglass {...icon} />,
      value: formatNumber(data.pending),
      note: data.oldestReceivedAt
        ? t('oldestWaits', { time: formatDuration(data.lagSeconds) })
        : t('nobodyWaits'),
      share: part(data.pending),
      severity: backlog,
    },
    {
      label: t('states.processing'),
      icon: <IconLoader {...icon} />,
      value: formatNumber(data.processing),
      note:
        data.leaseLost > 0
          ? t('leaseLost', { count: data.leaseLost })
          : data.processing > 0
            ? t('workers', { count: data.workers.length })
            : t('none'),
      share: part(data.processing),
      severity: data.leaseLost > 0 ? 'warning' : null,
    },
    {
      label: t('states.failed'),
      icon: <IconRefreshAlert {...icon} />,
      value: formatNumber(data.failed),
      note: data.nextTryAt ? <Due at={data.nextTryAt} /> : t('none'),
      share: part(data.failed),
      severity: data.failed > 0 ? 'warning' : null,
      href: '?tab=stream&status=FAILED',
    },
    {
      label: t('states.dead'),
      icon: <IconMailOff {...icon} />,
      value: formatNumber(data.dead),
      note: most ? words.short(most.errorCode) : t('none'),
      share: data.dead > 0 ? 1 : 0,
      severity: data.dead >= dead.critical ? 'critical' : data.dead >= dead.warning ? 'warning' : 'ok',
      href: '?tab=stream&status=DEAD',
    },
    {
      label: t('states.discarded'),
      icon: <IconArchiveOff {...icon} />,
      value: formatNumber(data.discarded),
      note: t('discardedNote'),
      share: 0,
      href: '?tab=stream&status=DISCARDED',
    },
  ];
  return <Stages stages={stages} />;
}

/** How long until then. */
function Due({ at }: { at: string }) {
  const t = useTranslations('pipeline');
  const seconds = (new Date(at).getTime() - useNow()) / 1000;
  return seconds > 0 ? t('nextTry', { time: formatDuration(seconds) }) : t('nextTryNow');
}
