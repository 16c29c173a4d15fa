'use client';

import { Button, Checkbox, Modal, NumberInput, Select, TextInput } from '@mantine/core';
import { useTranslations } from 'next-intl';
import { type FormEvent, useState } from 'react';
import { toast } from '@/components/toast';
import { useCommand } from '@/components/use-command';
import { type ModelType, modelTypes } from '@/domain/models/input';
import { startTrainingAction } from '../actions';
import styles from '../models.module.css';

type Props = { opened: boolean; onClose: () => void };

export function StartTraining({ opened, onClose }: Props) {
  const t = useTranslations('experiments');
  return (
    <Modal opened={opened} onClose={onClose} title={t('startTitle')} withCloseButton={false}>
      {opened && <Form onClose={onClose} />}
    </Modal>
  );
}

type Days = number | string;

function Form({ onClose }: Omit<Props, 'opened'>) {
  const t = useTranslations();
  const [name, setName] = useState('');
  const [type, setType] = useState<ModelType>('trees');
  const [trainDays, setTrain] = useState<Days>(14);
  const [gapDays, setGap] = useState<Days>(7);
  const [assessDays, setAssess] = useState<Days>(14);
  const [genuine, setGenuine] = useState(true);
  const [matureDays, setMature] = useState<Days>(7);
  const [seed, setSeed] = useState<Days>(1);
  const start = useCommand(startTrainingAction, {
    done: () => {
      onClose();
      toast({ title: t('experiments.startedToast', { name }) });
    },
  });
  function submit(event: FormEvent) {
    event.preventDefault();
    start.run({
      name,
      type,
      seed: Number(seed),
      trainDays: Number(trainDays),
      gapDays: Number(gapDays),
      assessDays: Number(assessDays),
      matureDays: genuine ? Number(matureDays) : null,
    });
  }
  const days = (field: 'trainDays' | 'gapDays' | 'assessDays', value: Days, set: (value: Days) => void) => (
    <NumberInput
      label={t(`experiments.${field}`)}
      suffix={` ${t('experiments.days')}`}
      min={field === 'gapDays' ? 0 : 1}
      max={366}
      allowDecimal={false}
      value={value}
      onChange={set}
      error={start.fieldError(field)}
    />
  );
  return (
    <form className={styles.form} onSubmit={submit}>
      <TextInput
        data-autofocus
        required
        withAsterisk={false}
        label={t('experiments.name')}
        description={t('experiments.nameHelp')}
        maxLength={100}
        autoComplete="off"
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        error={start.fieldError('name')}
      />
      <Select
        label={t('models.type')}
        allowDeselect={false}
        data={modelTypes.map((value) => ({ value, label: t(`models.types.${value}`) }))}
        value={type}
        onChange={(value) => value && setType(value as ModelType)}
        error={start.fieldError('type')}
      />
      <div className={styles.days}>
        {days('trainDays', trainDays, setTrain)}
        {days('gapDays', gapDays, setGap)}
        {days('assessDays', assessDays, setAssess)}
      </div>
      <p className={styles.question}>{t('experiments.daysHelp')}</p>
      <Checkbox
        label={t('experiments.genuine')}
        description={t('experiments.genuineHelp')}
        checked={genuine}
        onChange={(event) => setGenuine(event.currentTarget.checked)}
      />
      <div className={styles.days}>
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
        <NumberInput
          label={t('experiments.seed')}
          min={0}
          max={2_147_483_647}
          allowDecimal={false}
          value={seed}
          onChange={setSeed}
          error={start.fieldError('seed')}
        />
      </div>
      {start.error && <p role="alert">{start.error}</p>}
      <div className={styles.foot}>
        <Button variant="default" onClick={onClose}>
          {t('common.cancel')}
        </Button>
        <Button type="submit" loading={start.pending}>
          {t('experiments.start')}
        </Button>
      </div>
    </form>
  );
}
