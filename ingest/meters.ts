import type { Registry } from 'prom-client';
import { CallMeter, type MeteredCall, Quantiles } from '@/domain/metrics/call-meter';
import type { Readings } from '@/domain/metrics/catalogue';
import { meterDecisions } from '@/domain/metrics/decision-totals';
import { gaugeOf, processRegistry, totalOf } from '@/domain/metrics/registry';
import type { Engine } from './engine';
import { type ProblemCode, refusals } from './problems';
import type { Usage } from './usage';

const payments = '/api/v1/transactions';

const sum = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((all, count) => all + count, 0);

/** What the decision API counts of itself, for Prometheus and for system_metrics. */
export class IngestMeters {
  readonly registry: Registry = processRegistry('ingest');
  readonly #calls = new CallMeter(this.registry);
  readonly #answers = new Quantiles();
  readonly #decisions: () => Readings;

  constructor(
    private readonly engine: Engine,
    usage: Usage,
  ) {
    const { registry } = this;
    this.#decisions = meterDecisions(registry, () => ({ ...engine.decided, cache: engine.cacheReads }));
    totalOf(
      registry,
      { name: 'vigil_refusals_total', help: 'Calls refused, by problem', labelNames: ['code'] },
      () =>
        (Object.keys(refusals) as ProblemCode[]).map((code) => ({ labels: { code }, value: refusals[code] })),
    );
    this.#gauges(usage);
  }

  #gauges(usage: Usage): void {
    const { registry, engine } = this;
    const gauge = (name: string, help: string, value: () => number) =>
      gaugeOf(registry, { name, help }, () => [{ value: value() }]);
    gauge('vigil_payments_at_work', 'Payments being decided', () => engine.atWork);
    gauge('vigil_rules_ready', '1 once the rules have been read', () => Number(engine.ready));
    gauge('vigil_database_available', '0 while the database does not answer', () =>
      Number(!engine.availability.away),
    );
    gauge(
      'vigil_database_work',
      'Pieces of work that wait for the database',
      () => engine.availability.underWay,
    );
    gauge('vigil_api_usage_waiting', 'Calls not yet written to api_usage', () => usage.waiting);
    totalOf(
      registry,
      { name: 'vigil_database_away_seconds_total', help: 'Time without an answering database' },
      () => [{ value: engine.availability.awayMs / 1000 }],
    );
  }

  /** Takes note of one answered call. */
  answered(call: MeteredCall): void {
    this.#calls.record(call);
    if (call.ms !== null && call.route === payments && call.method === 'POST' && call.status < 300)
      this.#answers.record(call.ms);
  }

  /** For the sampler: totals since the process began, gauges since the last reading. */
  read(): Readings {
    const answers = this.#answers.take([50, 99]);
    return {
      ...this.#calls.read(),
      ...this.#decisions(),
      'pipeline.refused': sum(refusals),
      'pipeline.at_work': this.engine.takeMostAtWork(),
      'pipeline.database_away': this.engine.availability.awayMs / 1000,
      ...(answers ? { 'pipeline.answer_p50': answers[0], 'pipeline.answer_p99': answers[1] } : {}),
    };
  }
}
