'use client';

import { useTranslations } from 'next-intl';
import { TimeChart } from '@/components/charts';
import { formatNumber } from '@/components/format';
import { driftLimits } from '@/domain/models/drift';

type Line = { key: string; label: string; color: string };
type Props = {
  label: string;
  points: ({ day: string } & Record<string, number | string | null>)[];
  lines: Line[];
  height?: number;
};

/** An index by day under the two limits that give it its meaning. */
export function DriftChart({ label, points, lines, height }: Props) {
  const t = useTranslations('drift');
  const { moderate, significant } = driftLimits;
  const far = t('significantFrom', { value: formatNumber(significant, 2) });
  const near = t('moderateFrom', { value: formatNumber(moderate, 2) });
  // Under a great index the two lines lie so close that their names would cover each other.
  const highest = Math.max(...points.flatMap((point) => lines.map(({ key }) => Number(point[key] ?? 0))));
  const apart = highest < 0.8;
  return (
    <TimeChart
      label={label}
      kind="line"
      points={points.map(({ day, ...values }) => ({ ...values, at: `${day}T00:00:00.000Z` }))}
      series={lines}
      stepSeconds={86_400}
      height={height}
      limits={[
        { value: moderate, label: apart ? near : '', tone: 'review' },
        { value: significant, label: apart ? far : t('both', { near, far }), tone: 'fraud' },
      ]}
      format={(value) => formatNumber(value, 3)}
      tickFormat={(value) => formatNumber(value, 2)}
    />
  );
}
