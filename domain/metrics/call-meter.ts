import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';
import { Counter, Histogram, type Registry } from 'prom-client';
import type { Readings } from './catalogue';

/** Seconds; a decision takes a few milliseconds, a page some tens, and nobody waits for ten seconds. */
const buckets = [
  0.001, 0.002, 0.003, 0.005, 0.0075, 0.01, 0.015, 0.02, 0.03, 0.05, 0.075, 0.1, 0.2, 0.5, 1, 2, 5, 10,
];

/**
 * One call over HTTP. `route` is its template, never what somebody typed; the time is in milliseconds, null for what
 * is answered for as long as somebody listens.
 */
export type MeteredCall = { route: string; method: string; status: number; ms: number | null };

/** Counts calls by route, method and status, and how long they took. */
export class CallMeter {
  readonly #calls: Counter<'route' | 'method' | 'status'>;
  readonly #seconds: Histogram<'route' | 'method'>;
  readonly #minute = new Quantiles();
  #requests = 0;
  #failed = 0;

  constructor(registry: Registry) {
    const registers = [registry];
    this.#calls = new Counter({
      name: 'vigil_http_requests_total',
      help: 'Calls answered, by route, method and status',
      labelNames: ['route', 'method', 'status'],
      registers,
    });
    this.#seconds = new Histogram({
      name: 'vigil_http_request_duration_seconds',
      help: 'Time from the head of a call to the end of its answer',
      labelNames: ['route', 'method'],
      buckets,
      registers,
    });
  }

  record({ route, method, status, ms }: MeteredCall): void {
    this.#calls.inc({ route, method, status: String(status) });
    if (ms !== null) {
      this.#seconds.observe({ route, method }, ms / 1000);
      this.#minute.record(ms);
    }
    this.#requests += 1;
    if (status >= 500) this.#failed += 1;
  }

  /** Totals since the process began, and the quantile of the calls since the last reading. */
  read(): Readings {
    const p99 = this.#minute.take([99])?.[0];
    return {
      'process.requests': this.#requests,
      'process.requests_failed': this.#failed,
      ...(p99 === undefined ? {} : { 'process.request_p99': p99 }),
    };
  }
}

/** Quantiles of durations in milliseconds, to three digits, since they were taken the last time. */
export class Quantiles {
  readonly #histogram: RecordableHistogram = createHistogram();

  record(ms: number): void {
    this.#histogram.record(Math.max(1, Math.round(ms * 1000)));
  }

  /** The quantiles and a new beginning; null when nothing was recorded. */
  take(percents: readonly number[]): number[] | null {
    if (this.#histogram.count === 0) return null;
    const taken = percents.map((percent) => this.#histogram.percentile(percent) / 1000);
    this.#histogram.reset();
    return taken;
  }
}
