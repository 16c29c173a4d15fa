'use client';

import type { UseQueryResult } from '@tanstack/react-query';
import { Legend, type Limit, type Series, TimeChart } from '@/components/charts';
import type { LiveError } from '@/components/live';
import { Panel } from '@/components/panel';

type Sampled = { at: string } & Record<string, string | number | null>;

/** Words of the page whose chart it is. */
type Words = { title: string; question: string; time: string; empty: { title: string; hint: string } };

type Props = {
  words: Words;
  csvName: string;
  live: UseQueryResult<{ points: Sampled[]; stepSeconds: number }, LiveError>;
  lines: Series[];
  format: (value: number | null) => string;
  tickFormat?: (value: number) => string;
  /** Says whose the line is when it is the only one. */
  named?: boolean;
  kind?: 'line' | 'bars';
  limits?: Limit[];
  /** The axis ends here at least. */
  ceiling?: number;
  /** When it was sampled last, and after how many seconds that is long ago. */
  at?: string | number;
  staleAfter?: number;
};

/** One chart of what the worker samples, with its table and file; without samples it says whom to ask. */
export function LanePanel({ words, csvName, live, lines, limits = [], ...chart }: Props) {
  const points = live.data?.points ?? [];
  const empty = points.every((point) => lines.every(({ key }) => point[key] === null));
  const withLegend = lines.length > 1 || chart.named;
  const { at, staleAfter, kind = 'line', format, tickFormat = format, ceiling } = chart;
  return (
    <Panel
      title={words.title}
      question={words.question}
      live={live}
      at={at}
      staleAfter={staleAfter}
      height={164}
      empty={live.data !== undefined && empty && words.empty}
      table={{
        head: [words.time, ...lines.map((line) => line.label)],
        rows: points.map((point) => [point.at, ...lines.map(({ key }) => point[key] ?? null)]),
      }}
      csvName={csvName}
    >
      {withLegend && <Legend entries={lines.map(({ label, color }) => ({ label, color }))} />}
      <TimeChart
        label={words.title}
        kind={kind}
        points={points.map((point) => ({ ...point }))}
        stepSeconds={live.data?.stepSeconds}
        series={lines}
        limits={limits}
        format={format}
        tickFormat={tickFormat}
        ceiling={ceiling}
        height={withLegend ? 116 : 140}
      />
    </Panel>
  );
}
