import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Readings } from './catalogue';

const bytesPerMiB = 1_048_576;
/** The loop is looked at each so many ms, and the histogram holds the time from one look to the next. */
const resolutionMs = 10;

/** Nothing recorded gives 0 or a number that is none: then nothing was late. */
const lateMs = (nanoseconds: number): number => Math.max(0, (nanoseconds || 0) / 1e6 - resolutionMs);

/** Gauges of this process since they were read the last time; the first reading covers the time since `begin`. */
export class ProcessReadings {
  readonly #loop = monitorEventLoopDelay({ resolution: resolutionMs });
  #cpu = process.cpuUsage();
  #at = performance.now();

  constructor() {
    this.#loop.enable();
  }

  read(): Readings {
    const now = performance.now();
    const spent = process.cpuUsage(this.#cpu);
    const elapsedMs = Math.max(1, now - this.#at);
    const [late, latest] = [this.#loop.percentile(99), this.#loop.max].map(lateMs);
    this.#cpu = process.cpuUsage();
    this.#at = now;
    this.#loop.reset();
    const { rss, heapUsed } = process.memoryUsage();
    return {
      'process.cpu': (100 * (spent.user + spent.system)) / 1000 / elapsedMs,
      'process.memory': rss / bytesPerMiB,
      'process.heap': heapUsed / bytesPerMiB,
      'process.event_loop_delay': late,
      'process.event_loop_delay_max': latest,
      'process.uptime': process.uptime(),
    };
  }

  stop(): void {
    this.#loop.disable();
  }
}
