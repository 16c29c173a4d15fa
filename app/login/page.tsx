import type { Metadata } from 'next';
import { headers } from 'next/headers';
import { redirect } from 'next/navigation';
import { getTranslations } from 'next-intl/server';
import { currentActor } from '@/app/_server/actor';
import { safeNext } from '@/app/_server/request';
import { Entry } from './entry';
import { LoginForm } from './login-form';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('login'))('title') };
}

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };

/** Whether somebody is signed in already; a database that is away does not keep the form from being shown. */
const isSignedIn = async (): Promise<boolean> => {
  try {
    return (await currentActor()) !== null;
  } catch {
    return false;
  }
};

export default async function LoginPage({ searchParams }: Props) {
  const { next, ended } = await searchParams;
  const goal = safeNext(typeof next === 'string' ? next : null);
  if (await isSignedIn()) redirect(goal);
  const t = await getTranslations('login');
  const demo = process.env.VIGIL_DEMO === '1';
  await headers();
  return (
    <Entry title={t('title')} hint={t('hint')}>
      <LoginForm next={goal} ended={ended !== undefined} demo={demo} />
    </Entry>
  );
}
