'use client';

import { Button } from '@mantine/core';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { Details } from '@/components/details';
import { useRuleWords } from '@/components/explanation/words';
import { formatNumber, formatPercent } from '@/components/format';
import { KeyHint } from '@/components/key-hint';
import { useShortcuts } from '@/components/keyboard';
import { useLive } from '@/components/live';
import { SideSheet } from '@/components/side-sheet';
import { type Column, DataTable } from '@/components/table';
import { Time } from '@/components/time';
import type { ModelDetail, ModelRow } from '@/domain/models/queries';
import { LiveProblem } from '../security/live-problem';
import { RangedFigure } from './figure';
import styles from './models.module.css';
import { ModelBadge } from './models-view';
import { PromoteDialog } from './promote-dialog';

type Props = { row: ModelRow; champion?: ModelRow; mayPromote: boolean; onClose: () => void };

/** One model: how good, from what, and what moves it; and making it the champion. */
export function ModelSheet({ row, champion, mayPromote, onClose }: Props) {
  const t = useTranslations('models');
  const [asking, setAsking] = useState(false);
  const { name, version } = row;
  const found = useLive<ModelDetail>('model.get', { name, version }, undefined, ['models']);
  const can = mayPromote && !row.champion;
  const ask = () => setAsking(true);
  useShortcuts([
    { keys: 'p', label: t('promote'), group: t('title'), run: ask, disabled: !can, hidden: !can },
  ]);
  return (
    <SideSheet
      title={name}
      id={version}
      onClose={onClose}
      actions={
        can && (
          <Button rightSection={<KeyHint keys="P" />} onClick={ask}>
            {t('promote')}
          </Button>
        )
      }
    >
      {found.data ? <Content model={found.data} /> : <LiveProblem error={found.error} />}
      {asking && <PromoteDialog model={row} champion={champion} onClose={() => setAsking(false)} />}
    </SideSheet>
  );
}

function Content({ model }: { model: ModelDetail }) {
  const t = useTranslations('models');
  const { quality, experiment } = model;
  const day = (at: string) => <Time at={at} style="day" />;
  const span = (from: string, to: string) => (
    <span>
      {day(from)} – {day(to)}
    </span>
  );
  const plan = experiment?.plan;
  return (
    <>
      <p>
        {t(model.shipped ? 'shippedSentence' : model.champion ? 'championSentence' : 'candidateSentence')}
      </p>
      <Details
        wide
        items={[
          [t('state'), <ModelBadge key="state" champion={model.champion} />],
          [t('type'), t(`types.${model.type}`)],
          [t('inputs'), formatNumber(model.inputs)],
          model.trees !== null && [t('trees'), formatNumber(model.trees)],
          quality && [t('aucRoc'), <RangedFigure key="auc" figure={quality.aucRoc} />],
          quality && [t('averagePrecision'), <RangedFigure key="ap" figure={quality.averagePrecision} />],
          quality && [
            t('precisionAt', { threshold: formatNumber(quality.threshold, 2) }),
            <RangedFigure key="precision" figure={quality.precision} />,
          ],
          quality && [
            t('recallAt', { threshold: formatNumber(quality.threshold, 2) }),
            <RangedFigure key="recall" figure={quality.recall} />,
          ],
          quality && [t('judgedWindow'), span(quality.from, quality.to)],
          quality && [
            t('judgedOn'),
            t('paymentsAndFrauds', { payments: formatNumber(quality.payments), count: quality.frauds }),
          ],
          plan ? [t('learntWindow'), span(plan.trainFrom, plan.trainTo)] : null,
          experiment && experiment.payments !== null
            ? [
                t('learntFrom'),
                t('paymentsAndFrauds', {
                  payments: formatNumber(experiment.payments),
                  count: experiment.frauds ?? 0,
                }),
              ]
            : null,
          [
            t('made'),
            model.createdAt ? <Time key="made" at={model.createdAt} style="full" /> : t('withProduct'),
          ],
          model.createdByName ? [t('by'), model.createdByName] : null,
        ]}
      />
      <Importance rows={model.importance} />
    </>
  );
}

function Importance({ rows }: { rows: ModelDetail['importance'] }) {
  const t = useTranslations('models');
  const words = useRuleWords();
  if (rows.length === 0) return null;
  const most = rows[0]?.share || 1;
  const columns: Column<ModelDetail['importance'][number]>[] = [
    { id: 'feature', head: t('feature'), cell: (row) => words.field(row.field) },
    {
      id: 'share',
      head: t('share'),
      width: 110,
      align: 'right',
      share: (row) => row.share / most,
      cell: (row) => formatPercent(row.share),
    },
  ];
  return (
    <>
      <h3 className={styles.heading}>{t('importance')}</h3>
      <p className={styles.question}>{t('importanceQuestion')}</p>
      <DataTable
        name="importance"
        label={t('importance')}
        columns={columns}
        rows={rows.filter((row) => row.share > 0).slice(0, 20)}
        rowKey={(row) => row.field}
        inPanel
      />
    </>
  );
}
