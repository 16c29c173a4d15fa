import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { ProcessName } from './catalogue';

/** The metrics of this process for Prometheus, with those of Node itself (CPU, memory, event loop, collections). */
export const processRegistry = (name: ProcessName): Registry => {
  const registry = new Registry();
  registry.setDefaultLabels({ process: name });
  collectDefaultMetrics({ register: registry });
  return registry;
};

type Labels = Record<string, string>;
type Reading = { labels?: Labels; value: number };
type Definition = { name: string; help: string; labelNames?: string[] };

/** A total that is counted elsewhere, as a plain number, and read when somebody asks. */
export const totalOf = (registry: Registry, definition: Definition, read: () => Reading[]): void => {
  new Counter({
    ...definition,
    registers: [registry],
    collect() {
      this.reset();
      for (const { labels, value } of read()) this.inc(labels ?? {}, value);
    },
  });
};

/** A measurement that is taken when somebody asks. */
export const gaugeOf = (registry: Registry, definition: Definition, read: () => Reading[]): void => {
  new Gauge({
    ...definition,
    registers: [registry],
    collect() {
      this.reset();
      for (const { labels, value } of read()) this.set(labels ?? {}, value);
    },
  });
};
