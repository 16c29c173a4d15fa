'use client';

import { useTranslations } from 'next-intl';
import type { StreamErrorCode } from '@/domain/stream/error-codes';

/** Why a queued payment was not decided: as a sentence, and in two or three words. */
export function useErrorWords() {
  const sentences = useTranslations('stream.errors');
  const t = useTranslations('pipeline.errors');
  return {
    sentence: (code: StreamErrorCode) => sentences(code),
    short: (code: StreamErrorCode) => t(code),
  };
}
