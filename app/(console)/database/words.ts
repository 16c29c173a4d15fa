'use client';

import { useTranslations } from 'next-intl';
import { formatBytes, formatCompact, formatDuration, formatNumber } from '@/components/format';
import type { CheckDefinition, CheckUnit } from '@/domain/database/checks/definition';
import { definitions } from '@/domain/database/checks/definitions';
import type { Cell, Fact } from '@/domain/database/checks/judge';
import type { HealthCheck } from '@/domain/database/health';

const byName = new Map(definitions.map((one: CheckDefinition) => [one.name, one]));

/** The definition of a check: its area, unit and limits. */
export const definitionOf = (name: string): CheckDefinition | undefined => byName.get(name);

/** A number with its unit. */
function formatUnit(value: number | null, unit: CheckUnit, words: ReturnType<typeof useTranslations>) {
  if (value === null) return '–';
  switch (unit) {
    case 'percent':
      // 99.97 is not 100.
      return `${formatNumber(value, value % 1 === 0 ? 0 : value > 99 && value < 100 ? 2 : 1)}\u00a0%`;
    case 'seconds':
      return formatDuration(value);
    case 'bytes':
      return formatBytes(value);
    case 'days':
      return words('days', { count: Math.floor(value) });
    case 'ids':
      return formatCompact(value);
    case 'times':
      return words('times', { value: formatNumber(value, value < 10 ? 1 : 0) });
    case 'index':
      return formatNumber(value, 2);
    case 'count':
      return formatNumber(value);
  }
}

/** The sentences of a check with its values put in: `x` as it is shown, `xN` as a number for plurals. */
export function useCheckWords() {
  const t = useTranslations('database');
  const format = (value: number | null, unit: CheckUnit) => formatUnit(value, unit, t);
  const fact = (name: string, value: Fact): [string, string | number][] => {
    if (typeof value === 'string') return [[name, value]];
    if (typeof value === 'number')
      return [
        [name, formatNumber(value, value % 1 ? 1 : 0)],
        [`${name}N`, value],
      ];
    return [[name, format(value.value, value.unit)]];
  };
  const values = (check: HealthCheck) => ({
    ...Object.fromEntries(Object.entries(check.facts).flatMap(([name, value]) => fact(name, value))),
    value: format(check.value, definitionOf(check.name)?.unit ?? 'count'),
    count: check.value ?? 0,
    ...(typeof check.facts.count === 'number'
      ? { count: formatNumber(check.facts.count), countN: check.facts.count }
      : {}),
  });
  return {
    format,
    name: (check: HealthCheck) => t(`checks.${check.name}.name`),
    means: (check: HealthCheck) => t(`checks.${check.name}.means`),
    cause: (check: HealthCheck) => t(`checks.${check.name}.cause`, values(check)),
    fix: (check: HealthCheck) => t(`checks.${check.name}.fix`, values(check)),
    reason: (check: HealthCheck) => t(`skipped.${check.reason}`, values(check)),
    /** A cell of the evidence: `name:unit` of its column says how. */
    cell: (column: string, value: Cell) => {
      const unit = column.split(':')[1];
      if (value === null || value === '') return '–';
      if (unit === 'code') return t.has(`codes.${value}`) ? t(`codes.${value}`) : String(value);
      return unit && typeof value === 'number' ? format(value, unit as CheckUnit) : String(value);
    },
  };
}
