'use client';

import { Checkbox, NumberInput, Select, TextInput } from '@mantine/core';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { ConfirmDialog } from '@/components/dialog';
import { useLive } from '@/components/live';
import { toast } from '@/components/toast';
import { useCommand } from '@/components/use-command';
import { type Measure, measures } from '@/domain/ab-tests/input';
import type { ModelRow } from '@/domain/models/queries';
import styles from './ab-tests.module.css';
import { startAbTestAction } from './actions';
import { words } from './verdict';

type Props = { opened: boolean; onClose: () => void };

export function StartTest({ opened, onClose }: Props) {
  return opened ? <Form onClose={onClose} /> : null;
}

function Form({ onClose }: Omit<Props, 'opened'>) {
  const t = useTranslations();
  const models = useLive<ModelRow[]>('model.list', {}, undefined, ['models']);
  const champion = models.data?.find((model) => model.champion);
  const candidates = (models.data ?? []).filter((model) => !model.champion);
  const [name, setName] = useState('');
  const [chosen, setChosen] = useState<string | null>(null);
  const [split, setSplit] = useState<number | string>(10);
  const [measure, setMeasure] = useState<Measure>('recall');
  const [minLabelled, setMin] = useState<number | string>(2000);
  const [genuine, setGenuine] = useState(true);
  const [matureDays, setMature] = useState<number | string>(30);
  const challenger = candidates.find((model) => words(model) === chosen) ?? candidates[0];
  const start = useCommand(startAbTestAction, {
    done: () => {
      onClose();
      toast({ title: t('abTests.startedToast', { name }) });
    },
  });
  const run = () =>
    start.run({
      name,
      challenger: challenger?.name ?? '',
      challengerVersion: challenger?.version ?? '',
      splitPercent: Number(split),
      measure,
      minLabelled: Number(minLabelled),
      matureDays: genuine ? Number(matureDays) : null,
    });
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={t('abTests.startTitle')}
      verb={t('abTests.start')}
      consequences={[
        {
          text: t('abTests.startEffect', {
            percent: String(split),
            challenger: challenger ? words(challenger) : '',
            champion: champion ? words(champion) : '',
          }),
        },
        { text: t('abTests.startStable') },
        { text: t('abTests.startAlone'), warn: true },
      ]}
      pending={start.pending}
      error={start.error}
      onConfirm={run}
    >
      <div className={styles.fields}>
        <TextInput
          data-autofocus
          label={t('abTests.name')}
          description={t('abTests.nameHelp')}
          maxLength={100}
          autoComplete="off"
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          error={start.fieldError('name')}
        />
        <div className={styles.pair}>
          <Select
            label={t('abTests.challenger')}
            allowDeselect={false}
            data={candidates.map(words)}
            value={challenger ? words(challenger) : null}
            onChange={setChosen}
            error={start.fieldError('challenger') ?? start.fieldError('challengerVersion')}
          />
          <NumberInput
            label={t('abTests.share')}
            suffix=" %"
            min={1}
            max={50}
            allowDecimal={false}
            value={split}
            onChange={setSplit}
            error={start.fieldError('splitPercent')}
          />
        </div>
        <div className={styles.pair}>
          <Select
            label={t('abTests.measure')}
            description={t(`abTests.measureHelp.${measure}`)}
            allowDeselect={false}
            data={measures.map((value) => ({ value, label: t(`abTests.measures.${value}`) }))}
            value={measure}
            onChange={(value) => value && setMeasure(value as Measure)}
            error={start.fieldError('measure')}
          />
          <NumberInput
            label={t('abTests.minLabelled')}
            description={t('abTests.minHelp')}
            min={100}
            max={10_000_000}
            allowDecimal={false}
            value={minLabelled}
            onChange={setMin}
            error={start.fieldError('minLabelled')}
          />
        </div>
        <Checkbox
          label={t('experiments.genuine')}
          description={t('experiments.genuineHelp')}
          checked={genuine}
          onChange={(event) => setGenuine(event.currentTarget.checked)}
        />
        <NumberInput
          label={t('experiments.matureDays')}
          suffix={` ${t('experiments.days')}`}
          min={1}
          max={365}
          allowDecimal={false}
          disabled={!genuine}
          value={matureDays}
          onChange={setMature}
          error={start.fieldError('matureDays')}
        />
      </div>
    </ConfirmDialog>
  );
}
