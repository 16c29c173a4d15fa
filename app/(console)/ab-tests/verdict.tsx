'use client';

import {
  IconArrowUpCircle,
  IconBan,
  IconCircleCheck,
  IconCrown,
  IconEqual,
  IconHourglass,
  IconPlayerPlay,
} from '@tabler/icons-react';
import { useTranslations } from 'next-intl';
import { Badge, type Tone } from '@/components/badge';
import { formatNumber, formatSigned } from '@/components/format';
import { Note } from '@/components/note';
import type { TestState } from '@/domain/ab-tests/input';
import type { AbTestRow } from '@/domain/ab-tests/queries';
import type { Verdict } from '@/domain/ab-tests/verdict';

type Mark = { tone: Tone; icon: typeof IconBan };
const verdicts: Record<Verdict, Mark> = {
  'too-early': { tone: 'plain', icon: IconHourglass },
  challenger: { tone: 'ok', icon: IconArrowUpCircle },
  champion: { tone: 'allowed', icon: IconCrown },
  'no-difference': { tone: 'plain', icon: IconEqual },
};
const states: Record<TestState, Mark> = {
  ACTIVE: { tone: 'primary', icon: IconPlayerPlay },
  CONCLUDED: { tone: 'ok', icon: IconCircleCheck },
  STOPPED: { tone: 'plain', icon: IconBan },
};

export const words = ({ name, version }: { name: string; version: string }): string => `${name} ${version}`;
/** `+0.024`: three decimals say what a difference of shares can say. */
export const signedFigure = (value: number): string => formatSigned(value, 3);
export const pWords = (p: number): string => (p < 0.001 ? 'p < 0.001' : `p = ${formatNumber(p, 3)}`);

export function StateBadge({ status }: { status: TestState }) {
  const t = useTranslations('abTests');
  return <Badge {...states[status]}>{t(`states.${status}`)}</Badge>;
}

export function VerdictBadge({ verdict }: { verdict: Verdict }) {
  const t = useTranslations('abTests');
  return <Badge {...verdicts[verdict]}>{t(`verdicts.${verdict}`)}</Badge>;
}

/** What the test says, in a sentence: what is missing, or which arm is better and by how much. */
export function VerdictNote({ row }: { row: AbTestRow }) {
  const t = useTranslations('abTests');
  const { report, measure } = row;
  const { verdict, needs } = report;
  const difference = report.differences[measure];
  const tone = verdict === 'challenger' ? 'ok' : verdict === 'too-early' ? 'plain' : 'info';
  return (
    <Note tone={tone} title={`${t(`verdicts.${verdict}`)}.`}>
      {verdict === 'too-early' || !difference
        ? (['champion', 'challenger'] as const)
            .map((arm) =>
              t(measure === 'precision' ? 'needStopped' : 'needFrauds', {
                arm,
                judged: formatNumber(needs[arm].judged),
                needed: formatNumber(needs[arm].needed),
                events: formatNumber(needs[arm].events),
                eventsNeeded: formatNumber(needs[arm].eventsNeeded),
              }),
            )
            .join(' ')
        : t('sentence', {
            verdict,
            measure: t(`measures.${measure}`),
            challenger: formatNumber(report.arms.challenger?.[measure]?.value, 3),
            champion: formatNumber(report.arms.champion?.[measure]?.value, 3),
            difference: signedFigure(difference.value),
            low: signedFigure(difference.low),
            high: signedFigure(difference.high),
            p: pWords(difference.p),
          })}
    </Note>
  );
}
