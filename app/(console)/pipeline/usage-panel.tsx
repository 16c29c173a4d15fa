'use client';

import type { UseQueryResult } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import type { ReactNode } from 'react';
import { formatBytes, formatMs, formatNumber, formatPercent } from '@/components/format';
import type { LiveError } from '@/components/live';
import { Panel } from '@/components/panel';
import { type Column, DataTable } from '@/components/table';
import { statusClasses } from '@/domain/api-usage/input';
import type { ApiUsage, UsageFigures } from '@/domain/api-usage/queries';
import styles from './pipeline.module.css';

/** A line of a table: its value in the URL, its name, its figures; classes of answers have only their calls. */
type Line = {
  key: string;
  name: ReactNode;
  text: string;
  figures: Partial<UsageFigures> & { calls: number };
};

/** A route is looked at with all its methods. */
const inUrl = (line: Line): string => line.key.split(' ').at(-1) as string;

type Props = {
  about: 'routes' | 'keys' | 'statuses';
  usage: UseQueryResult<ApiUsage, LiveError>;
  selected: string | null;
  pick: (key: string) => void;
};

/** Calls by route, by key or by answer; picking a line narrows the page to it, picking it again widens it. */
export function UsagePanel({ about, usage, selected, pick }: Props) {
  const t = useTranslations('pipeline');
  const lines = useLines(about, usage.data);
  const all = Math.max(1, usage.data?.total.calls ?? 0);
  const columns = useUsageColumns(about, all);
  return (
    <Panel
      title={t(`usage.${about}.title`)}
      question={t(`usage.${about}.question`)}
      live={usage}
      at={usage.data?.at}
      staleAfter={120}
      flush
      height={140}
      empty={lines.length === 0 && { title: t('noCalls'), hint: t('noCallsHint') }}
      table={{
        head: [t(`usage.${about}.one`), t('calls'), t('refused'), t('failed'), 'p50', 'p95', 'p99'],
        rows: lines.map(({ text, figures: f }) => [text, f.calls, f.refused, f.failed, f.p50, f.p95, f.p99]),
      }}
      csvName={`api-usage-${about}`}
    >
      <DataTable
        name={`api-usage-${about}`}
        label={t(`usage.${about}.title`)}
        columns={columns}
        rows={lines}
        rowKey={(line) => line.key}
        openKey={selected === null ? null : lines.find((line) => inUrl(line) === selected)?.key}
        onOpen={(key) => pick(key.split(' ').at(-1) as string)}
        inPanel
      />
    </Panel>
  );
}

function useLines(about: Props['about'], usage: ApiUsage | undefined): Line[] {
  const t = useTranslations('pipeline');
  if (!usage) return [];
  if (about === 'routes')
    return usage.routes.map((route) => ({
      key: `${route.method} ${route.endpoint}`,
      name: (
        <span className="vg-mono">
          <span className={styles.method}>{route.method}</span> {route.endpoint}
        </span>
      ),
      text: `${route.method} ${route.endpoint}`,
      figures: route,
    }));
  if (about === 'keys')
    return usage.keys.map((key) => {
      const name = key.keyId === 0 ? t('noKey') : (key.name ?? t('keyNumber', { id: key.keyId }));
      return { key: String(key.keyId), name, text: name, figures: key };
    });
  return statusClasses.flatMap((name) => {
    const within = usage.statuses.filter(({ status }) => String(status)[0] === name[0]);
    const calls = within.reduce((sum, one) => sum + one.calls, 0);
    if (calls === 0) return [];
    const codes = within.map((one) => `${one.status}: ${formatNumber(one.calls)}`).join(', ');
    return [{ key: name, name: <StatusName name={name} codes={codes} />, text: name, figures: { calls } }];
  });
}

function StatusName({ name, codes }: { name: string; codes: string }) {
  const t = useTranslations('pipeline.answers');
  return (
    <span title={codes}>
      {t(name)} <span className={styles.quiet}>{codes}</span>
    </span>
  );
}

function useUsageColumns(about: Props['about'], all: number): Column<Line>[] {
  const t = useTranslations('pipeline');
  const part = (figures: Line['figures'], count: number | undefined) =>
    formatPercent(count === undefined || figures.calls === 0 ? null : count / figures.calls);
  const name: Column<Line> = { id: 'name', head: t(`usage.${about}.one`), cell: (line) => line.name };
  const calls: Column<Line> = {
    id: 'calls',
    head: t('calls'),
    align: 'right',
    width: 104,
    share: (line) => line.figures.calls / all,
    cell: (line) => formatNumber(line.figures.calls),
  };
  if (about === 'statuses') return [name, calls];
  const bound = (value: number | null | undefined) => (value == null ? '–' : `≤\u00a0${formatMs(value)}`);
  const shares: Column<Line>[] = [
    {
      id: 'refused',
      head: t('refused'),
      align: 'right',
      width: 84,
      cell: ({ figures }) => part(figures, figures.refused),
    },
    {
      id: 'failed',
      head: t('failed'),
      align: 'right',
      width: 76,
      cell: ({ figures }) => (
        <span className={styles.failed} data-bad={(figures.failed ?? 0) > 0 || undefined}>
          {part(figures, figures.failed)}
        </span>
      ),
    },
  ];
  const quantile = (id: 'p50' | 'p95' | 'p99'): Column<Line> => ({
    id,
    head: id,
    align: 'right',
    width: 100,
    wide: true,
    cell: ({ figures }) => bound(figures[id]),
  });
  if (about === 'keys') return [name, calls, ...shares, quantile('p99')];
  const bytes: Column<Line> = {
    id: 'bytes',
    head: t('bytes'),
    align: 'right',
    width: 140,
    wide: 'very',
    cell: ({ figures }) => `${formatBytes(figures.requestBytes)} / ${formatBytes(figures.responseBytes)}`,
  };
  return [name, calls, ...shares, quantile('p50'), quantile('p95'), quantile('p99'), bytes];
}
