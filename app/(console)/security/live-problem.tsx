'use client';

import { Skeleton } from '@mantine/core';
import { useTranslations } from 'next-intl';
import type { LiveError } from '@/components/live';
import { Note } from '@/components/note';

/** What a sheet shows while its row is read, or when it could not be. */
export function LiveProblem({ error }: { error: LiveError | null }) {
  const t = useTranslations('errors');
  if (!error) return <Skeleton height={160} />;
  return (
    <Note tone="fraud" title={t.has(error.code) ? t(error.code) : t('unexpected')}>
      {error.requestId && t('requestId', { id: error.requestId })}
    </Note>
  );
}
