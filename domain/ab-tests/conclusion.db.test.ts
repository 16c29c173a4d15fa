import { beforeAll, describe, expect, it } from 'vitest';
import { databaseSql } from '@/db/client';
import { type Simulated, simulate } from '@/db/seed/simulator/timeline';
import { testDatabase } from '@/db/testing';
import { Window } from '@/domain/imports/window';
import { beginExperiment, runExperiment } from '@/domain/models/experiment';
import { aucRoc, averagePrecision } from '@/domain/models/quality';
import type { TreesModel } from '@/domain/models/trees';
import { personOf } from '@/domain/testing';
import { decide } from '@/domain/transactions/decide';
import { loadDecisionRules } from '@/domain/transactions/decision-state';
import { EntityQueue } from '@/domain/transactions/entity-queue';
import { seededRandom } from '@/domain/transactions/generated-payments';
import { type Payment, paymentInput } from '@/domain/transactions/input';
import { concludeAbTest, startAbTest } from './commands';
import { type Arm, arms, type Measure, measures } from './input';
import { type AbTestRow, listAbTests } from './queries';
import type { Measured } from './report';
import { registered, splitModel } from './testing';

const t = await testDatabase();
const scientist = personOf('data_scientist');
const reason = 'It has its verdict';

// Long enough ago that everything that is ever known of them is known by now.
const begin = Date.parse('2025-03-03T00:00:00Z');
const day = (number: number) => begin + number * 86_400_000;
const traffic = { seed: 71, prefix: 'sim-', customers: 900, perDay: 420, fraudShare: 0.07 };

/** Decides the traffic of these days in event time, and labels it as banks and customers report it. */
const pass = async (from: number, to: number): Promise<void> => {
  t.connectAs('ingest');
  const sql = databaseSql();
  const rules = await loadDecisionRules(sql);
  const deps = { sql, rules: () => rules, queue: new EntityQueue() };
  const given: Simulated[] = [...simulate(traffic, day(from), day(to))];
  const window = new Window<{ payment: Payment }>();
  for (const { payment } of given) window.add({ payment: paymentInput.parse(payment) });
  while (window.size > 0) {
    const wave = window.take(500);
    const outcomes = await decide(wave, deps);
    window.release(wave);
    expect(outcomes.filter(({ kind }) => kind !== 'answer')).toEqual([]);
  }
  const reported = given.flatMap(({ payment, known }) =>
    known
      ? [
          {
            transaction_id: payment.transaction_id,
            transaction_timestamp: payment.transaction_timestamp,
            is_fraud: true,
            labelled_at: new Date(known.at).toISOString(),
          },
        ]
      : [],
  );
  for (let i = 0; i < reported.length; i += 200)
    await sql`select count(*) from label_transactions(${JSON.stringify(reported.slice(i, i + 200))}::text::jsonb, 'import')`;
};

const start = async (challenger: TreesModel): Promise<number> => {
  t.connectAs('web');
  const started = await startAbTest(scientist, {
    name: `${challenger.name} against the champion`,
    challenger: challenger.name,
    challengerVersion: challenger.version,
    splitPercent: 50,
    measure: 'averagePrecision',
    minLabelled: 500,
    matureDays: 30,
  });
  if (!started.ok) throw new Error(JSON.stringify(started.error));
  return started.value.id;
};
const measured = async (id: number): Promise<AbTestRow> => {
  t.connectAs('worker');
  await databaseSql()`select run_job('measure-ab-tests')`;
  const [run] =
    await t.sql`select status, error_message from job_runs where job_name = 'measure-ab-tests' order by id desc limit 1`;
  expect(run).toEqual({ status: 'ok', error_message: null });
  t.connectAs('web');
  const { rows } = await listAbTests(personOf('analyst'), {});
  return rows.find((row) => row.id === id) as AbTestRow;
};
const conclude = (id: number, winner: Arm) => {
  t.connectAs('web');
  return concludeAbTest(scientist, { id, winner, reason });
};
const champion = async () =>
  (await t.sql`select model_name as name, model_version as version from models where is_champion`)[0];

let trained: TreesModel;

beforeAll(async () => {
  await t.sql`select ensure_partitions(${new Date(begin).toISOString()}::timestamptz, ${new Date(day(60)).toISOString()}::timestamptz)`;
  await pass(0, 10);
  t.connectAs('worker');
  const at = (days: number) => new Date(day(days)).toISOString();
  const run = await beginExperiment(
    databaseSql(),
    'Before the tests',
    {
      ...{ type: 'trees', seed: 1, matureDays: 7, threshold: 0.5 },
      ...{ trainFrom: at(0), trainTo: at(8), assessFrom: at(60), assessTo: at(61) },
    },
    'test',
  );
  await runExperiment(databaseSql(), run);
  const [row] = await t.sql`select parameters from models`;
  trained = row!.parameters as TreesModel;
  await registered(t.sql, splitModel('guess', 40, 0.6, 0.3), true);
}, 300_000);

type Kept = { user: string; probability: number; stopped: boolean; fraud: boolean };

const figuresOf = (rows: readonly Kept[]): Record<Measure, number> => {
  const [probabilities, labels] = [rows.map((row) => row.probability), rows.map((row) => Number(row.fraud))];
  const [frauds, stopped] = [rows.filter((row) => row.fraud), rows.filter((row) => row.stopped)];
  const caught = frauds.filter((row) => row.stopped).length;
  return {
    recall: caught / frauds.length,
    precision: caught / stopped.length,
    averagePrecision: averagePrecision(probabilities, labels)!.value,
    aucRoc: aucRoc(probabilities, labels)!.value,
  };
};

/** Figures of an arm's payments, and their standard errors when customers are drawn again with replacement. */
async function bootstrapped(test: number, arm: Arm) {
  const rows = await t.sql<Kept[]>`select x.user_id as user, p.probability, x.decision <> 'ALLOW' as stopped,
      coalesce(x.is_fraud, false) as fraud
    from model_predictions p join transactions x using (transaction_id, transaction_timestamp)
    where p.ab_test_id = ${test} and p.arm = ${arm}`;
  const byUser = new Map<string, Kept[]>();
  for (const row of rows) byUser.set(row.user, [...(byUser.get(row.user) ?? []), row]);
  const customers = [...byUser.values()];
  const random = seededRandom(2);
  const draws = Array.from({ length: 300 }, () =>
    figuresOf(customers.flatMap(() => customers[Math.floor(random() * customers.length)]!)),
  );
  const error = (measure: Measure) => {
    const mean = draws.reduce((sum, one) => sum + one[measure], 0) / draws.length;
    return Math.sqrt(draws.reduce((sum, one) => sum + (one[measure] - mean) ** 2, 0) / (draws.length - 1));
  };
  return { figures: figuresOf(rows), error };
}

describe('a test of simulated traffic', () => {
  it('finds the trained model better than one that guesses, and makes it the champion', async () => {
    const id = await start(trained);
    const early = await measured(id);
    expect(early.report).toMatchObject({
      verdict: 'too-early',
      needs: { champion: { judged: 0, needed: 500 } },
      arms: { champion: null, challenger: null },
    });
    expect(await conclude(id, 'challenger')).toMatchObject({
      ok: false,
      error: { code: 'conflict', detail: 'ab-test.too-early' },
    });
    await pass(10, 16);
    const { report } = await measured(id);
    expect(report.verdict).toBe('challenger');
    expect(report.differences.averagePrecision!.low).toBeGreaterThan(0.1);
    expect(report.arms.challenger!.payments + report.arms.champion!.payments).toBeGreaterThan(1_500);
    expect(await conclude(id, 'challenger')).toEqual({ ok: true, value: { id } });
    expect(await champion()).toEqual({ name: trained.name, version: trained.version });
    const trail =
      await t.sql`select action, resource_id, new_values, reason from audit_trail order by id desc limit 2`;
    expect(trail).toMatchObject([
      {
        action: 'ab-test:conclude',
        resource_id: String(id),
        new_values: { winner: 'challenger', verdict: 'challenger' },
        reason,
      },
      { action: 'model:promote', resource_id: `${trained.name} ${trained.version}`, reason },
    ]);
  }, 300_000);

  it('finds no difference between a model and its copy, and keeps the champion', async () => {
    const id = await start(await registered(t.sql, { ...trained, name: 'copy', version: '1' }));
    await pass(16, 25);
    const { report } = await measured(id);
    expect(report.verdict).toBe('no-difference');
    expect(report.differences.averagePrecision!.p).toBeGreaterThan(0.05);
    expect(await conclude(id, 'champion')).toEqual({ ok: true, value: { id } });
    expect(await champion()).toEqual({ name: trained.name, version: trained.version });
    const [{ results }] = (await t.sql`select results from model_ab_tests where id = ${id}`) as never as [
      { results: Measured },
    ];
    for (const arm of arms) {
      const { figures, error } = await bootstrapped(id, arm);
      for (const measure of measures) {
        const { value, variance } = results.arms[arm]![measure];
        // Ranks count in steps of a hundredth of the log-odds.
        expect(Math.abs(value! - figures[measure])).toBeLessThan(0.005);
        const drawn = error(measure);
        // All or none of it: drawing customers again changes nothing.
        if (drawn === 0) expect(variance).toBe(0);
        else expect(Math.abs(Math.log(Math.sqrt(variance!) / drawn)), `${arm} ${measure}`).toBeLessThan(0.35);
      }
    }
  }, 300_000);

  it('stays as it was when it has ended, whatever becomes known later', async () => {
    t.connectAs('web');
    const before = await listAbTests(scientist, {});
    expect(before.rows.map(({ status, winner }) => [status, winner])).toEqual([
      ['CONCLUDED', 'champion'],
      ['CONCLUDED', 'challenger'],
    ]);
    await t.sql`update transactions set is_fraud = true, label_source = 'api', labelled_at = now()`;
    await measured(before.rows[0]!.id);
    expect(await listAbTests(scientist, {})).toEqual(before);
    const first = await listAbTests(scientist, { limit: 1 });
    const next = await listAbTests(scientist, { limit: 1, cursor: first.next! });
    expect([...first.rows, ...next.rows]).toEqual(before.rows);
    expect(next.next).toBeNull();
    await expect(listAbTests(personOf('db_operator'), {})).rejects.toMatchObject({
      failure: { code: 'denied' },
    });
    expect(await conclude(before.rows[0]!.id, 'champion')).toMatchObject({
      ok: false,
      error: { code: 'conflict', detail: 'ab-test.ended' },
    });
    expect(await concludeAbTest(scientist, { id: 1, winner: 'nobody', reason } as never)).toMatchObject({
      ok: false,
      error: { code: 'invalid', field: 'winner' },
    });
    expect(await concludeAbTest(personOf('analyst'), { id: 1, winner: 'champion', reason })).toMatchObject({
      ok: false,
      error: { code: 'denied' },
    });
  });
});
