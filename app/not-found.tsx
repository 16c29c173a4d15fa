import { IconMapOff } from '@tabler/icons-react';
import Link from 'next/link';
import { getTranslations } from 'next-intl/server';
import { PageState } from '@/components/page-state';

/** Our own, because the built-in page carries a style without a nonce. */
export default async function NotFound() {
  const t = await getTranslations('errors');
  return (
    <PageState
      icon={<IconMapOff size={24} stroke={1.75} />}
      title={t('missingTitle')}
      hint={t('missingHint')}
    >
      <Link href="/">{t('home')}</Link>
    </PageState>
  );
}
