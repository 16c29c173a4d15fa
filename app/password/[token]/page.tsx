import type { Metadata } from 'next';
import { headers } from 'next/headers';
import Link from 'next/link';
import { getTranslations } from 'next-intl/server';
import { originOf } from '@/app/_server/request';
import { forPage } from '@/app/_server/respond';
import { Entry } from '@/app/login/entry';
import { anonymousActor } from '@/domain/actor';
import { findPasswordLink } from '@/domain/people/queries';
import { SetPasswordForm } from './set-password-form';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('account'))('setTitle') };
}

export default async function PasswordPage({ params }: { params: Promise<{ token: string }> }) {
  const { token } = await params;
  const nobody = anonymousActor(originOf(await headers()));
  const owner = await forPage(findPasswordLink(nobody, { token: token.slice(0, 100) }));
  const t = await getTranslations('account');
  if (!owner)
    return (
      <Entry title={t('linkGone')} hint={t('linkGoneText')}>
        <p>
          <Link href="/login">{t('toSignIn')}</Link>
        </p>
      </Entry>
    );
  return (
    <Entry title={t('setTitle')} hint={t('setHint', owner)}>
      <SetPasswordForm token={token} email={owner.email} />
    </Entry>
  );
}
