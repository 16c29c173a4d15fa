'use client';

import { useTranslations } from 'next-intl';
import { formatBytes, formatCompact, formatDuration, formatNumber } from '@/components/format';
import type { CheckResult } from '@/domain/database/checks';

/** A value or limit of a check with its unit. */
export function formatCheck(
  value: number | null,
  unit: CheckResult['unit'],
  days: (count: number) => string,
) {
  if (value === null) return '–';
  switch (unit) {
    case 'percent':
      return `${formatNumber(value, value % 1 ? 1 : 0)}\u00a0%`;
    case 'seconds':
      return formatDuration(value);
    case 'bytes':
      return formatBytes(value);
    case 'days':
      return days(Math.floor(value));
    case 'ids':
      return formatCompact(value);
    case 'count':
      return formatNumber(value);
  }
}

/** The sentences of a check, with its values put in. */
export function useCheckWords() {
  const t = useTranslations('database');
  const format = (value: number | null, unit: CheckResult['unit']) =>
    formatCheck(value, unit, (count) => t('days', { count }));
  const values = (check: CheckResult) => ({
    value: format(check.value, check.unit),
    count: check.value ?? 0,
    limit: format(check.status === 'critical' ? check.critical : check.warning, check.unit),
  });
  return {
    name: (check: CheckResult) => t(`checks.${check.name}.name`),
    cause: (check: CheckResult) => t(`checks.${check.name}.cause`, values(check)),
    fix: (check: CheckResult) => t(`checks.${check.name}.fix`, values(check)),
    format,
  };
}
