import { IconLock } from '@tabler/icons-react';
import Link from 'next/link';
import { getTranslations } from 'next-intl/server';
import { PageState } from '@/components/page-state';

/** What a role may not see answers 403 and says so. */
export default async function Forbidden() {
  const t = await getTranslations('errors');
  return (
    <PageState icon={<IconLock size={24} stroke={1.75} />} title={t('deniedTitle')} hint={t('denied')}>
      <Link href="/">{t('home')}</Link>
    </PageState>
  );
}
