/**
 * What every process writes into system_metrics each minute, by name. A `total` is what was counted since the last
 * sample, so a step of a chart is their sum whatever the number of instances; a `gauge` is what was measured.
 */
type Metric = { unit: 'percent' | 'MiB' | 'ms' | 'seconds' | 'count'; kind: 'gauge' | 'total' };

export const metrics = {
  /** Of one core, over the minute. */
  'process.cpu': { unit: 'percent', kind: 'gauge' },
  'process.memory': { unit: 'MiB', kind: 'gauge' },
  'process.heap': { unit: 'MiB', kind: 'gauge' },
  /** 99 % of the turns of the event loop were less late. */
  'process.event_loop_delay': { unit: 'ms', kind: 'gauge' },
  /** The latest turn. */
  'process.event_loop_delay_max': { unit: 'ms', kind: 'gauge' },
  'process.uptime': { unit: 'seconds', kind: 'gauge' },
  /** Calls over HTTP; failed ones are those answered with 500 or above. */
  'process.requests': { unit: 'count', kind: 'total' },
  'process.requests_failed': { unit: 'count', kind: 'total' },
  'process.request_p99': { unit: 'ms', kind: 'gauge' },
  /** Open event streams of the console. */
  'process.live_streams': { unit: 'count', kind: 'gauge' },
  /** The worker's second was this late, at most. */
  'process.tick_delay': { unit: 'ms', kind: 'gauge' },
  'pipeline.allowed': { unit: 'count', kind: 'total' },
  'pipeline.reviewed': { unit: 'count', kind: 'total' },
  'pipeline.blocked': { unit: 'count', kind: 'total' },
  /** Payments answered with what they had been answered before. */
  'pipeline.repeated': { unit: 'count', kind: 'total' },
  'pipeline.refused': { unit: 'count', kind: 'total' },
  /** Time in which half, and 99 %, of the payments were answered over HTTP. */
  'pipeline.answer_p50': { unit: 'ms', kind: 'gauge' },
  'pipeline.answer_p99': { unit: 'ms', kind: 'gauge' },
  /** Payments at work at once, at most. */
  'pipeline.at_work': { unit: 'count', kind: 'gauge' },
  'pipeline.cache_hits': { unit: 'count', kind: 'total' },
  'pipeline.cache_misses': { unit: 'count', kind: 'total' },
  /** Seconds for which the decision API had no database. */
  'pipeline.database_away': { unit: 'seconds', kind: 'total' },
  /** Tries of queued payments that failed, payments given up, taken over from a lost worker, refused to a late one. */
  'pipeline.stream_failed': { unit: 'count', kind: 'total' },
  'pipeline.stream_dead': { unit: 'count', kind: 'total' },
  'pipeline.stream_retaken': { unit: 'count', kind: 'total' },
  'pipeline.stream_fenced': { unit: 'count', kind: 'total' },
  'pipeline.jobs_run': { unit: 'count', kind: 'total' },
  'pipeline.jobs_failed': { unit: 'count', kind: 'total' },
} as const satisfies Record<string, Metric>;

export type MetricName = keyof typeof metrics;
export const processNames = ['web', 'ingest', 'worker'] as const;
export type ProcessName = (typeof processNames)[number];

/** What a process tells of itself: gauges as they are, totals as counted since it began. */
export type Readings = Partial<Record<MetricName, number>>;
