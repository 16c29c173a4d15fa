'use client';

import { IconArrowBarToRight, IconBrain, IconSend2, IconStack2 } from '@tabler/icons-react';
import { useTranslations } from 'next-intl';
import { formatMs, formatNumber } from '@/components/format';
import { useLive } from '@/components/live';
import { Panel } from '@/components/panel';
import { type Stage, Stages } from '@/components/stages';
import { pipelineLimits } from '@/domain/overview/limits';
import type { Pipeline } from '@/domain/overview/pipeline';

function useStages(data: Pipeline): Stage[] {
  const t = useTranslations('overview');
  const limited = (value: number, limit: number) =>
    value > limit ? 'critical' : value > limit * 0.8 ? 'warning' : 'ok';
  const stages: (Stage | null)[] = [
    {
      label: t('received'),
      icon: <IconArrowBarToRight size={16} stroke={1.75} aria-hidden />,
      value: `${formatNumber(data.receivedPerSecond, 1)}\u00a0/\u00a0s`,
      note: t('peak', { rate: formatNumber(data.peakPerSecond, 1) }),
      share: data.peakPerSecond > 0 ? data.receivedPerSecond / data.peakPerSecond : 0,
      severity: null,
    },
    {
      label: t('waiting'),
      icon: <IconStack2 size={16} stroke={1.75} aria-hidden />,
      value: t('rows', { count: data.waiting, shown: formatNumber(data.waiting) }),
      note:
        data.dead > 0
          ? t('dead', { count: formatNumber(data.dead) })
          : t('limit', { limit: formatNumber(pipelineLimits.waiting) }),
      share: data.waiting / pipelineLimits.waiting,
      severity: data.dead > 0 ? 'warning' : limited(data.waiting, pipelineLimits.waiting),
    },
    data.scoredMsP99 === null
      ? null
      : {
          label: t('scored'),
          icon: <IconBrain size={16} stroke={1.75} aria-hidden />,
          value: formatMs(data.scoredMsP99),
          note: t('limit', { limit: formatMs(pipelineLimits.scoredMs) }),
          share: data.scoredMsP99 / pipelineLimits.scoredMs,
          severity: limited(data.scoredMsP99, pipelineLimits.scoredMs),
        },
    data.answeredMsP99 === null
      ? null
      : {
          label: t('answered'),
          icon: <IconSend2 size={16} stroke={1.75} aria-hidden />,
          value: formatMs(data.answeredMsP99),
          note: t('limit', { limit: formatMs(pipelineLimits.answeredMs) }),
          share: data.answeredMsP99 / pipelineLimits.answeredMs,
          severity: limited(data.answeredMsP99, pipelineLimits.answeredMs),
        },
  ];
  return stages.filter((stage): stage is Stage => stage !== null);
}

/** Whether a payment gets through in time, stage by stage; a stage without data is left out. */
export function PipelinePanel({ initial }: { initial?: Pipeline }) {
  const t = useTranslations('overview');
  const live = useLive<Pipeline>('overview.pipeline', {}, initial, [], { every: 5000 });
  return (
    <Panel
      title={t('pipelineTitle')}
      question={t('pipelineQuestion')}
      live={live}
      flush
      height={84}
      staleAfter={60}
    >
      {live.data && <PipelineStages data={live.data} />}
    </Panel>
  );
}

function PipelineStages({ data }: { data: Pipeline }) {
  return <Stages stages={useStages(data)} />;
}
