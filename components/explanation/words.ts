'use client';

import { useLocale, useMessages } from 'next-intl';
import { useMemo } from 'react';
import { NBSP } from '@/components/format';
import { findField, type RuleValue } from '@/domain/rules/fields';
import { type RuleWords, ruleWords } from '@/domain/rules/words';

export type ExplanationWords = RuleWords & {
  /** A value of a field with its unit; ratios as `14.0 ×`. */
  fieldValue: (field: string, value: RuleValue | undefined) => string;
};

/** Words for reasons, fields and values in the viewer's language; money in the base currency. */
export function useRuleWords(currency = 'EUR'): ExplanationWords {
  const locale = useLocale();
  const messages = useMessages();
  return useMemo(() => {
    const words = ruleWords({ locale, messages, currency });
    const fieldValue = (field: string, value: RuleValue | undefined) => {
      const unit = findField(field)?.unit ?? 'none';
      const text = words.value(unit, value);
      return unit === 'ratio' && typeof value === 'number' ? `${text}${NBSP}×` : text;
    };
    return { ...words, fieldValue };
  }, [locale, messages, currency]);
}

/** A sentence as what stands out and the rest: `Amount is 14 × the mean` and ` (€ 31.20)`. */
export function splitSentence(sentence: string): [strong: string, rest: string] {
  const at = sentence.search(/[;:,]\s| \(/);
  return at < 12 ? [sentence, ''] : [sentence.slice(0, at), sentence.slice(at)];
}
