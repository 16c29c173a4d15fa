'use client';

import { useTranslations } from 'next-intl';
import { useRuleWords } from '@/components/explanation/words';
import { formatNumber, formatTime } from '@/components/format';
import { scoreFeature } from '@/domain/models/drift';
import { findField } from '@/domain/rules/fields';
import { type BinWords, binLabels } from './bin-labels';

const wholeUnits = new Set(['payments', 'entities', 'hour of day']);

/** A UTC day in words, wherever the viewer is. */
export const dayWords = (day: string): string => formatTime(`${day}T00:00:00Z`, 'UTC', 'day');

/** Names of watched features and of their bins; the score is one of them. */
export function useDriftWords() {
  const t = useTranslations('drift');
  const words = useRuleWords();
  const feature = (name: string) => (name === scoreFeature ? t('score') : words.field(name));
  const bins = (name: string, cuts: readonly number[]) => {
    const field = name === scoreFeature ? undefined : findField(name);
    const flag = field?.type === 'boolean';
    const labels: BinWords = {
      value: (value) =>
        flag
          ? words.fieldValue(name, value > 0)
          : field
            ? words.fieldValue(name, value)
            : formatNumber(value, 3),
      below: (value) => t('below', { value }),
      from: (value) => t('andMore', { value }),
      any: t('anyValue'),
      missing: t('missing'),
    };
    const kind = flag ? 'boolean' : field && wholeUnits.has(field.unit) ? 'whole' : 'number';
    return binLabels(cuts, kind, labels);
  };
  return { feature, bins };
}
