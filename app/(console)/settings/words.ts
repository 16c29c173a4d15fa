'use client';

import { useTranslations } from 'next-intl';
import { formatNumber } from '@/components/format';
import type { SettingRow } from '@/domain/settings/queries';

/** `decision.review_at` → `decisionReviewAt`: the key of a setting in messages. */
export const messageKey = (key: string): string =>
  key.replace(/[._](\w)/g, (_all, letter: string) => letter.toUpperCase());

/** Decimals as they were given, so that 0.0205 does not become 0.02. */
const number = (value: number): string => formatNumber(value, String(value).split('.')[1]?.length ?? 0);

/** Names, help, units and values of settings. */
export function useSettingWords() {
  const t = useTranslations('settings');
  const unit = (row: Pick<SettingRow, 'unit'>, value: unknown): string =>
    row.unit && row.unit !== 'score' && row.unit !== 'count'
      ? `\u00a0${t(`units.${row.unit}`, { count: Number(value) })}`
      : '';
  const part = (name: string): string => (/^[A-Z]{3}$/.test(name) ? name : t(`parts.${name}`));
  const value = (row: Pick<SettingRow, 'unit'>, given: unknown): string => {
    if (given === null || given === undefined) return '–';
    if (typeof given === 'number') {
      const shown =
        row.unit === 'score'
          ? formatNumber(given, Math.max(2, String(given).split('.')[1]?.length ?? 0))
          : number(given);
      return shown + unit(row, given);
    }
    if (typeof given === 'object')
      return Object.entries(given)
        .map(([name, one]) => `${part(name)} ${value(row, one)}`)
        .join(', ');
    return String(given);
  };
  return {
    name: (key: string) => t(`keys.${messageKey(key)}.name`),
    help: (key: string) => t(`keys.${messageKey(key)}.help`),
    unit: (row: Pick<SettingRow, 'unit'>) => (row.unit ? t(`unitNames.${row.unit}`) : null),
    part,
    value,
  };
}
