'use client';

import { Button, PasswordInput, TextInput } from '@mantine/core';
import { useTranslations } from 'next-intl';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { Note } from '@/components/note';
import styles from './entry.module.css';
import { type Refusal, signIn } from './sign-in';

type Props = { next: string; ended: boolean; demo: boolean };

/** Address and password; a refusal says the same whatever was wrong. */
export function LoginForm({ next, ended, demo }: Props) {
  const t = useTranslations('login');
  const [refusal, setRefusal] = useState<Refusal | 'insecure' | null>(null);
  const [pending, setPending] = useState(false);
  const password = useRef<HTMLInputElement>(null);
  // Browsers keep our cookie only where the connection cannot be listened to: https, or this machine itself.
  useEffect(() => {
    if (!window.isSecureContext) setRefusal('insecure');
  }, []);

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    if (pending) return;
    const form = new FormData(event.currentTarget);
    setPending(true);
    const refused = await signIn(String(form.get('email')), String(form.get('password')));
    if (!refused) {
      // A whole new document: nothing of the visit before stays in memory.
      location.assign(next);
      return;
    }
    setPending(false);
    setRefusal(refused);
    password.current?.focus();
    password.current?.select();
  }

  return (
    <form className={styles.form} method="post" onSubmit={submit} noValidate={false}>
      {refusal === null && ended && <Note title={t('endedTitle')}>{t('endedText')}</Note>}
      {refusal && (
        <Note tone={refusal === 'insecure' ? 'review' : 'fraud'} title={t(`refusals.${refusal}.title`)}>
          {t(`refusals.${refusal}.text`)}
        </Note>
      )}
      <TextInput
        name="email"
        type="email"
        label={t('email')}
        autoComplete="username"
        autoFocus
        required
        withAsterisk={false}
        maxLength={200}
        spellCheck={false}
        autoCapitalize="none"
      />
      <PasswordInput
        ref={password}
        name="password"
        label={t('password')}
        autoComplete="current-password"
        required
        withAsterisk={false}
        visibilityToggleButtonProps={{ 'aria-label': t('showPassword') }}
      />
      <Button type="submit" fullWidth aria-disabled={pending || undefined} disabled={refusal === 'insecure'}>
        {pending ? t('signingIn') : t('signIn')}
      </Button>
      <p className={styles.foot}>{demo ? t('demo') : t('forgotten')}</p>
    </form>
  );
}
