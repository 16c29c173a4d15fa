'use client';

import { Button } from '@mantine/core';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { Details } from '@/components/details';
import { formatNumber, formatPercent } from '@/components/format';
import { KeyHint } from '@/components/key-hint';
import { useShortcuts } from '@/components/keyboard';
import { SideSheet } from '@/components/side-sheet';
import { Time } from '@/components/time';
import type { AbTestRow } from '@/domain/ab-tests/queries';
import styles from './ab-tests.module.css';
import { Comparison } from './comparison';
import { ConcludeDialog, StopDialog } from './end-dialogs';
import { StateBadge, VerdictNote, words } from './verdict';

type Props = { row: AbTestRow; mayTest: boolean; onClose: () => void };

/** One test: what it says, both arms beside each other, how it was set up, and ending it. */
export function AbTestSheet({ row, mayTest, onClose }: Props) {
  const t = useTranslations('abTests');
  const [asking, setAsking] = useState<'conclude' | 'stop' | null>(null);
  const mayStop = mayTest && row.status === 'ACTIVE';
  const mayConclude = mayStop && row.report.verdict !== 'too-early';
  const stop = () => setAsking('stop');
  const conclude = () => setAsking('conclude');
  useShortcuts([
    {
      keys: 'c',
      label: t('conclude'),
      group: t('title'),
      run: conclude,
      disabled: !mayConclude,
      hidden: !mayConclude,
    },
    { keys: 'x', label: t('stop'), group: t('title'), run: stop, disabled: !mayStop, hidden: !mayStop },
  ]);
  const close = () => setAsking(null);
  return (
    <SideSheet
      title={row.name}
      id={`#${row.id}`}
      onClose={onClose}
      actions={
        mayStop && (
          <>
            {mayConclude && (
              <Button rightSection={<KeyHint keys="C" />} onClick={conclude}>
                {t('conclude')}
              </Button>
            )}
            <Button variant="default" rightSection={<KeyHint keys="X" />} onClick={stop}>
              {t('stop')}
            </Button>
          </>
        )
      }
    >
      <VerdictNote row={row} />
      <Comparison report={row.report} primary={row.measure} />
      <Setup row={row} />
      {asking === 'conclude' && <ConcludeDialog row={row} onClose={close} />}
      {asking === 'stop' && <StopDialog row={row} onClose={close} />}
    </SideSheet>
  );
}

function Setup({ row }: { row: AbTestRow }) {
  const t = useTranslations('abTests');
  const models = useTranslations('models');
  const { measuredAt } = row.report;
  return (
    <>
      <h3 className={styles.heading}>{t('setup')}</h3>
      <Details
        wide
        items={[
          [models('state'), <StateBadge key="state" status={row.status} />],
          row.status === 'CONCLUDED' && [t('outcome'), t(`outcomes.${row.winner}`)],
          [t('champion'), words(row.champion)],
          [t('challenger'), words(row.challenger)],
          [t('share'), t('splitOf', { percent: formatPercent(row.split, 0) })],
          [t('measure'), t(`measures.${row.measure}`)],
          [t('minLabelled'), formatNumber(row.minLabelled)],
          [
            t('unlabelled'),
            row.matureDays === null ? t('leftOut') : t('genuineAfter', { count: row.matureDays }),
          ],
          [
            t('measured'),
            measuredAt ? <Time key="measured" at={measuredAt} style="full" /> : t('notMeasured'),
          ],
          [t('started'), <Time key="started" at={row.startedAt} style="full" />],
          [t('startedBy'), row.startedByName],
          row.endedAt !== null && [t('ended'), <Time key="ended" at={row.endedAt} style="full" />],
          row.endedByName !== null && [t('endedBy'), row.endedByName],
          row.endReason !== null && [t('reason'), row.endReason],
        ]}
      />
    </>
  );
}
