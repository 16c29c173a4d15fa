'use client';

import { Select, TextInput } from '@mantine/core';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { ConfirmDialog } from '@/components/dialog';
import { toast } from '@/components/toast';
import { useCommand } from '@/components/use-command';
import type { ApiKeyRow } from '@/domain/api-keys/queries';
import { changeApiKeyAction, revokeApiKeyAction } from './actions';
import { Limits } from './create-key';
import { endOf, type Lifetime, lifetimes } from './expiry';

export function RevokeKey(props: { apiKey: ApiKeyRow; opened: boolean; onClose: () => void }) {
  const t = useTranslations('apiKeys');
  const { id, name, calls24h } = props.apiKey;
  const revoke = useCommand(revokeApiKeyAction, {
    done: () => {
      props.onClose();
      toast({ title: t('revokedToast', { name }) });
    },
  });
  return (
    <ConfirmDialog
      opened={props.opened}
      onClose={() => {
        revoke.clear();
        props.onClose();
      }}
      title={t('revokeQuestion', { name })}
      danger
      verb={t('revokeVerb')}
      reason="required"
      consequences={[
        { text: t('revokeEffect'), warn: true },
        { text: t('revokeCalls', { count: calls24h }) },
        { text: t('revokeFinal') },
      ]}
      pending={revoke.pending}
      error={revoke.error ?? revoke.fieldError('reason') ?? revoke.fieldError('id')}
      onConfirm={(reason) => revoke.run({ id, reason })}
    />
  );
}

export function ChangeKey({ apiKey, onClose }: { apiKey: ApiKeyRow; onClose: () => void }) {
  const t = useTranslations('apiKeys');
  const [name, setName] = useState(apiKey.name);
  const [rate, setRate] = useState<number | string>(apiKey.ratePerSecond);
  const [burst, setBurst] = useState<number | string>(apiKey.burst);
  const [lifetime, setLifetime] = useState<Lifetime | 'keep'>(apiKey.state === 'expired' ? '365' : 'keep');
  const change = useCommand(changeApiKeyAction, {
    done: () => {
      onClose();
      toast({ title: t('changedToast', { name }) });
    },
  });
  const confirm = (reason: string) =>
    change.run({
      id: apiKey.id,
      name,
      ratePerSecond: Number(rate),
      burst: Number(burst),
      expiresAt: lifetime === 'keep' ? apiKey.expiresAt : endOf(lifetime),
      reason,
    });
  // An end that has passed cannot be kept.
  const choices = apiKey.state === 'expired' ? lifetimes : (['keep', ...lifetimes] as const);
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={t('changeTitle', { name: apiKey.name })}
      verb={t('changeVerb')}
      reason="required"
      pending={change.pending}
      error={change.error ?? change.fieldError('reason') ?? change.fieldError('id')}
      onConfirm={confirm}
    >
      <TextInput
        label={t('name')}
        maxLength={100}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        error={change.fieldError('name')}
      />
      <Limits rate={rate} burst={burst} onRate={setRate} onBurst={setBurst} error={change.fieldError} />
      <Select
        label={t('expires')}
        allowDeselect={false}
        data={choices.map((value) => ({ value, label: t(`lifetime.${value}`) }))}
        value={lifetime}
        onChange={(value) => value && setLifetime(value as Lifetime | 'keep')}
        error={change.fieldError('expiresAt')}
      />
    </ConfirmDialog>
  );
}
