import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { database } from '@/db/client';
import { seedRules } from '@/db/seed/rules';
import { simulate } from '@/db/seed/simulator/timeline';
import { testDatabase } from '@/db/testing';
import { writePayments } from '../simulate/write';
import {
  dayMs,
  dir,
  importOf,
  killAfter,
  type Made,
  makePayments,
  plainOptions,
  run,
  write,
  wrongFeatures,
} from './import-fixture';

const t = await testDatabase();
await seedRules(database());
const simulated = await testDatabase();
await seedRules(database());
const options = [...plainOptions, '--label-known', 'known'];

// From at once to a month and a half, in no order: the first to be paid is often the last to be known.
const made = makePayments(2_500, (row) => ((row * 7_919) % 45) * dayMs);
const file = write('known.csv', made);
const labelled = made.filter(({ label }) => label !== null);

const labelsOf = (rows: readonly Made[]) =>
  rows
    .map(({ payment, label, knownMs }) => [payment.transaction_id, label, knownMs])
    .sort(([one], [other]) => (String(one) < String(other) ? -1 : 1));

describe('an import whose labels say when they became known', () => {
  it('sets each at its moment, also when it is killed between, and no payment is decided from a later one', async () => {
    for (const enough of [500, 1_600]) await killAfter(t.sql, t.url, [file, ...options], enough);
    const { code, said } = await run(t.url, file, ...options);
    expect([code, said]).toEqual([0, expect.stringContaining('going on at row')]);
    expect(await importOf(t.sql, file)).toMatchObject({
      status: 'finished',
      recorded: 2_500,
      rejected: 0,
      labels: labelled.length,
    });
    const rows =
      await t.sql`select transaction_id as id, is_fraud as fraud, labelled_at as at, label_source as source
      from transactions where is_fraud is not null`;
    const found = rows.map(({ id, fraud, at }): Made => {
      const payment = { transaction_id: id } as Made['payment'];
      return { payment, label: fraud, knownMs: new Date(at).getTime() };
    });
    expect(labelsOf(found)).toEqual(labelsOf(labelled));
    expect(new Set(rows.map(({ source }) => source))).toEqual(new Set(['import']));
    expect(await wrongFeatures(t.sql, made)).toEqual({ wrong: [], alwaysTheSame: [] });
  }, 300_000);

  it('sets aside rows whose moment is none, and says why', async () => {
    const [first, second] = made.slice(0, 2).map((one, at) => ({
      ...one,
      label: true,
      payment: { ...one.payment, transaction_id: `late-${at}` },
    })) as [Made, Made];
    const early = { ...first, knownMs: Date.parse(first.payment.transaction_timestamp) - 1000 };
    const { code, said } = await run(
      t.url,
      write('late.csv', [early, { ...second, knownMs: null }]),
      ...options,
    );
    expect([code, said]).toEqual([0, expect.stringContaining('2 rows were rejected')]);
    const rejects = fs.readFileSync(path.join(dir, 'late.csv.rejects.csv'), 'utf8');
    expect(rejects).toContain('2,label_known,"This lies before its payment');
    expect(rejects).toContain('3,label_known,A label that says fraud needs the moment it became known.');
  }, 60_000);

  it('is made for the file that the simulator writes', async () => {
    const traffic = { seed: 5, prefix: 'sim-', customers: 300, perDay: 400, fraudShare: 0.05 };
    const to = Date.now() - 30 * dayMs;
    const from = to - 2 * dayMs;
    const written = path.join(dir, 'simulated.csv.gz');
    await writePayments(written, traffic, from, to);
    const fields = [
      'transaction_id',
      'transaction_timestamp',
      'user_id',
      'merchant_id',
      'amount',
      'currency',
    ];
    const map = [...fields, 'card_token', 'country'].map((name) => `${name}=${name}`);
    const { code } = await run(
      simulated.url,
      written,
      '--map',
      ...map,
      '--label',
      'is_fraud',
      '--label-known',
      'known_at',
    );
    expect(code).toBe(0);
    const rows = await simulated.sql`select transaction_id as id, labelled_at as at, is_fraud as fraud
      from transactions where is_fraud is not null order by 1`;
    const known = [...simulate(traffic, from, to)].flatMap(({ payment, known }) =>
      known ? [{ id: payment.transaction_id, at: known.at, fraud: true }] : [],
    );
    expect(known.length).toBeGreaterThan(0);
    expect(rows.map(({ id, at, fraud }) => ({ id, at: new Date(at).getTime(), fraud }))).toEqual(
      known.sort((one, other) => (one.id < other.id ? -1 : 1)),
    );
  }, 120_000);
});
