import { hostname } from 'node:os';
import type { Sql } from 'postgres';
import { log } from '@/domain/log';
import { type MetricName, metrics, type ProcessName, type Readings } from './catalogue';
import { ProcessReadings } from './process-readings';

const minuteMs = 60_000;
/** Late in its minute, so that a sample tells of the minute it stands in, and never of two. */
const secondOfMinuteMs = 50_000;
/** The plan's DECIMAL(15,4) ends here. */
const greatest = 99_999_999_999;

export type SamplerOptions = {
  /** Asked at each sample, so that a process opens no connection before it needs one. */
  sql: () => Sql;
  process: ProcessName;
  /** What this process tells beside the gauges that all have. */
  read?: () => Readings;
  now?: () => Date;
};

/**
 * Writes what this process measures into system_metrics, once a minute and in one statement. A sample that cannot be
 * written is dropped, and none is begun while the one before is still on its way.
 */
export class Sampler {
  readonly #options: SamplerOptions;
  readonly #own = new ProcessReadings();
  readonly #now: () => Date;
  readonly #instance = `${hostname()}:${process.pid}`;
  #before: Readings = {};
  #timer: NodeJS.Timeout | undefined;
  #writing = false;
  #lost = 0;

  constructor(options: SamplerOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => new Date());
  }

  start(): void {
    const now = this.#now().getTime();
    const wait = (secondOfMinuteMs - (now % minuteMs) + minuteMs) % minuteMs || minuteMs;
    this.#timer = setTimeout(() => {
      void this.sample();
      this.start();
    }, wait);
    this.#timer.unref();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#own.stop();
  }

  /** Takes and writes one sample. @returns rows written, 0 when it was dropped */
  async sample(): Promise<number> {
    const rows = this.#take();
    if (this.#writing) {
      this.#lost += 1;
      return 0;
    }
    this.#writing = true;
    try {
      const written = await this.#write(rows);
      if (this.#lost > 0) log.warn({ samples: this.#lost }, 'samples of this process were dropped');
      this.#lost = 0;
      return written;
    } catch (error) {
      if (this.#lost === 0) log.warn({ err: error }, 'a sample of this process was dropped');
      this.#lost += 1;
      return 0;
    } finally {
      this.#writing = false;
    }
  }

  #take(): { name: string; value: number; unit: string }[] {
    const readings: Readings = { ...this.#own.read(), ...this.#options.read?.() };
    const before = this.#before;
    this.#before = readings;
    return (Object.entries(readings) as [MetricName, number][]).map(([name, value]) => {
      const { unit, kind } = metrics[name];
      const shown = kind === 'total' ? Math.max(0, value - (before[name] ?? 0)) : value;
      return { name, value: Math.min(shown, greatest), unit };
    });
  }

  async #write(rows: readonly { name: string; value: number; unit: string }[]): Promise<number> {
    const result = await this.#options.sql()`
      insert /* vigil:sample */ into system_metrics (metric_name, metric_value, labels, timestamp)
      select m.name, round(m.value, 4), jsonb_build_object('process', ${this.#options.process}::text,
          'instance', ${this.#instance}::text, 'unit', m.unit), ${this.#now().toISOString()}::text::timestamptz
      from jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb) as m(name text, value numeric, unit text)`;
    return result.count;
  }
}
