'use client';

import { useLocale, useMessages } from 'next-intl';
import { useMemo } from 'react';
import { type RuleWords, ruleWords } from '@/domain/rules/words';

/** Words for fields, values and conditions in the person's language; money in the base currency. */
export function useRuleWords(currency: string): RuleWords {
  const locale = useLocale();
  const messages = useMessages();
  return useMemo(() => ruleWords({ locale, messages, currency }), [locale, messages, currency]);
}
