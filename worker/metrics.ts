import type { Sql } from 'postgres';
import { type Listener, startMetricsListener } from '@/domain/metrics/listener';
import { Sampler } from '@/domain/metrics/sampler';
import type { WorkerMeters } from './meters';
import type { Part } from './part';

/** Serves what the worker counts, says on `/health` whether it can work, and samples it each minute. */
export class Metrics implements Part {
  readonly name = 'metrics';
  readonly #sql: Sql;
  readonly #meters: WorkerMeters;
  readonly #sampler: Sampler;
  #listener: Listener | undefined;

  constructor(sql: Sql, meters: WorkerMeters) {
    this.#sql = sql;
    this.#meters = meters;
    this.#sampler = new Sampler({ sql: () => sql, process: 'worker', read: () => meters.read() });
  }

  start(): void {
    this.#sampler.start();
    this.#listener = startMetricsListener({
      process: 'worker',
      registry: this.#meters.registry,
      health: () => this.#healthy(),
    });
  }

  async stop(): Promise<void> {
    this.#sampler.stop();
    this.#meters.stop();
    await this.#listener?.stop();
  }

  async #healthy(): Promise<boolean> {
    if (!this.#meters.alive) return false;
    const late = new Promise<never>((_, reject) =>
      setTimeout(() => reject(new Error('no answer in time')), 3_000).unref(),
    );
    await Promise.race([this.#sql`select 1`, late]);
    return true;
  }
}
