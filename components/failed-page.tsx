'use client';

import { Button } from '@mantine/core';
import { IconAlertOctagon, IconRefresh } from '@tabler/icons-react';
import { useTranslations } from 'next-intl';
import { CopyId } from './copy-id';
import { PageState } from './page-state';

/** What an error boundary shows: words, the id to quote, and another try. */
export function FailedPage({ error, retry }: { error: Error & { digest?: string }; retry: () => void }) {
  const t = useTranslations();
  return (
    <PageState
      tone="fraud"
      icon={<IconAlertOctagon size={24} stroke={1.75} />}
      title={t('errors.pageTitle')}
      hint={t('errors.pageHint')}
    >
      <Button leftSection={<IconRefresh size={16} stroke={1.75} />} onClick={retry}>
        {t('common.retry')}
      </Button>
      {error.digest && <CopyId id={error.digest} />}
    </PageState>
  );
}
