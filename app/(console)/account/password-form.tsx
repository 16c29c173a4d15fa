'use client';

import { Button, PasswordInput } from '@mantine/core';
import { useTranslations } from 'next-intl';
import { type FormEvent, useRef, useState } from 'react';
import { toast } from '@/components/toast';
import { useCommand } from '@/components/use-command';
import styles from './account.module.css';
import { changePasswordAction } from './actions';

/** The present password, the new one twice. */
export function PasswordForm({ email }: { email: string }) {
  const t = useTranslations('account');
  const form = useRef<HTMLFormElement>(null);
  const [mismatch, setMismatch] = useState(false);
  const change = useCommand(changePasswordAction, {
    done: ({ ended }) => {
      form.current?.reset();
      toast({ title: t('changed'), text: t('changedMore', { count: ended }) });
    },
  });
  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const fields = new FormData(event.currentTarget);
    const next = String(fields.get('next'));
    const differ = next !== String(fields.get('repeat'));
    setMismatch(differ);
    if (!differ) change.run({ current: String(fields.get('current')), next });
  }
  const show = {
    visibilityToggleButtonProps: { 'aria-label': t('showPassword') },
    withAsterisk: false,
    required: true,
  };
  return (
    <form ref={form} className={styles.form} onSubmit={submit}>
      {/* Password managers want to know whose password it is. */}
      <input type="hidden" name="username" autoComplete="username" value={email} readOnly />
      <PasswordInput
        {...show}
        name="current"
        label={t('current')}
        autoComplete="current-password"
        error={change.fieldError('current')}
      />
      <PasswordInput
        {...show}
        name="next"
        label={t('next')}
        autoComplete="new-password"
        error={change.fieldError('next')}
      />
      <PasswordInput
        {...show}
        name="repeat"
        label={t('repeat')}
        autoComplete="new-password"
        error={mismatch ? t('mismatch') : undefined}
      />
      <div className={styles.foot}>
        <Button type="submit" loading={change.pending}>
          {t('change')}
        </Button>
        <span>{t('changeEffect')}</span>
      </div>
    </form>
  );
}
