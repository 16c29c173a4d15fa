'use client';

import { Button, PasswordInput } from '@mantine/core';
import { useTranslations } from 'next-intl';
import { type FormEvent, useState, useTransition } from 'react';
import styles from '@/app/login/entry.module.css';
import { Note } from '@/components/note';
import { failureWords, fieldWords } from '@/components/use-command';
import type { Failure } from '@/domain/errors';
import { setPasswordAction } from './actions';

/** The new password twice; afterwards the link is used up and the way leads to sign-in. */
export function SetPasswordForm({ token, email }: { token: string; email: string }) {
  const t = useTranslations('account');
  const errors = useTranslations('errors');
  const [failure, setFailure] = useState<Failure | null>(null);
  const [mismatch, setMismatch] = useState(false);
  const [done, setDone] = useState(false);
  const [pending, start] = useTransition();

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const fields = new FormData(event.currentTarget);
    const password = String(fields.get('password'));
    const differ = password !== String(fields.get('repeat'));
    setMismatch(differ);
    if (differ) return;
    start(async () => {
      const result = await setPasswordAction({ token, password }).catch(() => null);
      if (result?.ok) setDone(true);
      else setFailure(result?.error ?? { code: 'unavailable' });
    });
  }

  if (done)
    return (
      <div className={styles.form}>
        <Note tone="ok" title={t('setDone')}>
          {t('setDoneText')}
        </Note>
        <Button component="a" href="/login">
          {t('toSignIn')}
        </Button>
      </div>
    );
  const show = {
    visibilityToggleButtonProps: { 'aria-label': t('showPassword') },
    withAsterisk: false,
    required: true,
  };
  return (
    <form className={styles.form} method="post" onSubmit={submit}>
      {failure && !failure.field && <Note tone="fraud" title={failureWords(errors, failure)} />}
      <input type="hidden" name="username" autoComplete="username" value={email} readOnly />
      <PasswordInput
        {...show}
        autoFocus
        name="password"
        label={t('next')}
        description={t('passwordQuestion')}
        autoComplete="new-password"
        error={failure ? fieldWords(errors, failure, 'password') : undefined}
      />
      <PasswordInput
        {...show}
        name="repeat"
        label={t('repeat')}
        autoComplete="new-password"
        error={mismatch ? t('mismatch') : undefined}
      />
      <Button type="submit" fullWidth loading={pending}>
        {t('set')}
      </Button>
    </form>
  );
}
