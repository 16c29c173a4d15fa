import { Histogram, type Registry } from 'prom-client';
import type { Readings } from '@/domain/metrics/catalogue';
import { meterDecisions } from '@/domain/metrics/decision-totals';
import { gaugeOf, processRegistry, totalOf } from '@/domain/metrics/registry';
import { streamCounters as stream } from './stream-counters';

/** Seconds; from a job that finds nothing to do to one that rebuilds a view of a large database. */
const jobSeconds = [0.01, 0.05, 0.1, 0.5, 1, 5, 15, 60, 300, 1800];
const secondMs = 1_000;
/** A second that does not come for so long means that this process hangs. */
const hangsAfterMs = 15_000;

export type JobEnd = { job: string; status: 'ok' | 'failed' | 'skipped'; ms: number };

/** What the worker counts of itself, for Prometheus and for system_metrics. */
export class WorkerMeters {
  readonly registry: Registry = processRegistry('worker');
  readonly #runs = new Map<string, { job: string; status: string; count: number }>();
  readonly #took: Histogram<'job'>;
  readonly #timer: NodeJS.Timeout;
  readonly #decisions: () => Readings;
  #tickedAt = performance.now();
  #latestMs = 0;

  /** @param cacheReads reads of the feature cache by what drains the queue */
  constructor(cacheReads: () => { hits: number; misses: number } = () => ({ hits: 0, misses: 0 })) {
    const { registry } = this;
    this.#decisions = meterDecisions(registry, () => ({
      ALLOW: stream.allowed,
      REVIEW: stream.reviewed,
      BLOCK: stream.blocked,
      repeated: stream.repeated,
      cache: cacheReads(),
    }));
    this.#meterQueue();
    totalOf(
      registry,
      {
        name: 'vigil_job_runs_total',
        help: 'Runs of jobs, by how they ended',
        labelNames: ['job', 'status'],
      },
      () =>
        [...this.#runs.values()].map(({ job, status, count }) => ({ labels: { job, status }, value: count })),
    );
    this.#took = new Histogram({
      name: 'vigil_job_duration_seconds',
      help: 'How long runs of jobs took',
      labelNames: ['job'],
      buckets: jobSeconds,
      registers: [registry],
    });
    gaugeOf(
      registry,
      { name: 'vigil_tick_delay_seconds', help: 'How late the worker is with its second, now' },
      () => [{ value: Math.max(0, this.#sinceTick() - secondMs) / 1000 }],
    );
    this.#timer = setInterval(() => this.#tick(), secondMs);
  }

  /** What became of payments of the queue that were not decided at once. */
  #meterQueue(): void {
    const { registry } = this;
    const outcomes = ['failed', 'dead', 'retaken', 'fenced', 'released'] as const;
    totalOf(
      registry,
      {
        name: 'vigil_stream_payments_total',
        help: 'Payments of the queue that failed, were given up, retaken, fenced off or given back',
        labelNames: ['outcome'],
      },
      () => outcomes.map((outcome) => ({ labels: { outcome }, value: stream[outcome] })),
    );
    totalOf(registry, { name: 'vigil_stream_blocks_total', help: 'Blocks taken from the queue' }, () => [
      { value: stream.blocks },
    ]);
    totalOf(
      registry,
      { name: 'vigil_stream_block_seconds_total', help: 'Time that blocks took from claim to end' },
      () => [{ value: stream.blockMs / 1000 }],
    );
  }

  #sinceTick(): number {
    return performance.now() - this.#tickedAt;
  }

  #tick(): void {
    this.#latestMs = Math.max(this.#latestMs, this.#sinceTick() - secondMs);
    this.#tickedAt = performance.now();
  }

  /** Takes note of one ended run. */
  ended({ job, status, ms }: JobEnd): void {
    const key = `${job} ${status}`;
    const run = this.#runs.get(key) ?? { job, status, count: 0 };
    run.count += 1;
    this.#runs.set(key, run);
    if (status !== 'skipped') this.#took.observe({ job }, ms / 1000);
  }

  /** Whether the worker still gets to do something each second. */
  get alive(): boolean {
    return this.#sinceTick() < hangsAfterMs;
  }

  /** For the sampler: totals since the process began, gauges since the last reading. */
  read(): Readings {
    const latestMs = this.#latestMs;
    this.#latestMs = 0;
    const runs = [...this.#runs.values()];
    const count = (wanted: (status: string) => boolean) =>
      runs.filter(({ status }) => wanted(status)).reduce((all, run) => all + run.count, 0);
    return {
      'process.tick_delay': latestMs,
      ...this.#decisions(),
      'pipeline.stream_failed': stream.failed,
      'pipeline.stream_dead': stream.dead,
      'pipeline.stream_retaken': stream.retaken,
      'pipeline.stream_fenced': stream.fenced,
      'pipeline.jobs_run': count((status) => status !== 'skipped'),
      'pipeline.jobs_failed': count((status) => status === 'failed'),
    };
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
