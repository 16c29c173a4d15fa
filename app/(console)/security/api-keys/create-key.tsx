'use client';

import { Button, Checkbox, Modal, NumberInput, Select, TextInput } from '@mantine/core';
import { useTranslations } from 'next-intl';
import { type FormEvent, useState } from 'react';
import { useCommand } from '@/components/use-command';
import { type ApiScope, apiScopes } from '@/domain/access';
import styles from '../security.module.css';
import { createApiKeyAction } from './actions';
import { endOf, type Lifetime, lifetimes } from './expiry';
import type { MadeKey } from './made-key';

type Props = { opened: boolean; onClose: () => void; onMade: (made: MadeKey) => void };

export function CreateKey({ opened, onClose, onMade }: Props) {
  const t = useTranslations('apiKeys');
  return (
    <Modal opened={opened} onClose={onClose} title={t('createTitle')} withCloseButton={false}>
      {opened && <Form onClose={onClose} onMade={onMade} />}
    </Modal>
  );
}

function Form({ onClose, onMade }: Omit<Props, 'opened'>) {
  const t = useTranslations();
  const [name, setName] = useState('');
  const [scopes, setScopes] = useState<string[]>(['ingest']);
  const [lifetime, setLifetime] = useState<Lifetime>('365');
  const [ratePerSecond, setRate] = useState<number | string>(1000);
  const [burst, setBurst] = useState<number | string>(2000);
  const create = useCommand(createApiKeyAction, {
    done: ({ key }) => {
      onClose();
      onMade({ name, key });
    },
  });
  function submit(event: FormEvent) {
    event.preventDefault();
    const limits = { ratePerSecond: Number(ratePerSecond), burst: Number(burst) };
    create.run({ name, scopes: scopes as ApiScope[], ...limits, expiresAt: endOf(lifetime) });
  }
  return (
    <form className={styles.form} onSubmit={submit}>
      <TextInput
        data-autofocus
        required
        withAsterisk={false}
        label={t('apiKeys.name')}
        description={t('apiKeys.nameHelp')}
        maxLength={100}
        autoComplete="off"
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        error={create.fieldError('name')}
      />
      <Checkbox.Group
        label={t('apiKeys.scopes')}
        value={scopes}
        onChange={setScopes}
        error={create.fieldError('scopes')}
      >
        <div className={styles.form}>
          {apiScopes.map((scope) => (
            <Checkbox
              key={scope}
              value={scope}
              label={t(`apiKeys.scope.${scope}`)}
              description={t(`apiKeys.scopeHelp.${scope}`)}
            />
          ))}
        </div>
      </Checkbox.Group>
      <Limits
        rate={ratePerSecond}
        burst={burst}
        onRate={setRate}
        onBurst={setBurst}
        error={create.fieldError}
      />
      <Select
        label={t('apiKeys.expires')}
        allowDeselect={false}
        data={lifetimes.map((value) => ({ value, label: t(`apiKeys.lifetime.${value}`) }))}
        value={lifetime}
        onChange={(value) => value && setLifetime(value as Lifetime)}
        error={create.fieldError('expiresAt')}
      />
      <div className={styles.formFoot}>
        <Button variant="default" onClick={onClose}>
          {t('common.cancel')}
        </Button>
        <Button type="submit" loading={create.pending} disabled={scopes.length === 0}>
          {t('apiKeys.createVerb')}
        </Button>
      </div>
    </form>
  );
}

type LimitProps = {
  rate: number | string;
  burst: number | string;
  onRate: (value: number | string) => void;
  onBurst: (value: number | string) => void;
  error: (field: string) => string | undefined;
};

/** How many calls a second a key may make, and how many at once. */
export function Limits({ rate, burst, onRate, onBurst, error }: LimitProps) {
  const t = useTranslations('apiKeys');
  return (
    <>
      <NumberInput
        label={t('rate')}
        description={t('rateHelp')}
        min={1}
        max={100_000}
        allowDecimal={false}
        value={rate}
        onChange={onRate}
        error={error('ratePerSecond')}
      />
      <NumberInput
        label={t('burst')}
        description={t('burstHelp')}
        min={1}
        max={1_000_000}
        allowDecimal={false}
        value={burst}
        onChange={onBurst}
        error={error('burst')}
      />
    </>
  );
}
