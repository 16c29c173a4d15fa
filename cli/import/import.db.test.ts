import fs from 'node:fs';
import path from 'node:path';
import type { Sql } from 'postgres';
import { beforeAll, describe, expect, it } from 'vitest';
import { database } from '@/db/client';
import { seedRules } from '@/db/seed/rules';
import { testDatabase } from '@/db/testing';
import { embeddingIndex } from '@/domain/imports/embedding-index';
import { partName } from '@/domain/maintenance/statements';
import {
  columns,
  dayMs,
  dir,
  importOf,
  killAfter,
  makePayments,
  plainOptions,
  run,
  write,
  wrongFeatures,
} from './import-fixture';

const whole = await testDatabase();
await seedRules(database());
const killed = await testDatabase();
await seedRules(database());
const options = [...plainOptions, '--label-delay', '3d'];

const made = makePayments(2_500, () => 3 * dayMs);
const file = write('payments.csv', made);
const labelled = made.filter(({ label }) => label !== null).length;

const outcome = (sql: Sql) => sql`
  select x.transaction_id, x.transaction_timestamp, x.amount, x.fraud_score, x.risk_level, x.decision, x.is_fraud, x.labelled_at,
    x.label_source, x.latency_ms, to_jsonb(f) as features, s.answer::jsonb - 'latency_ms' as answer
  from transactions x join ml_features f using (transaction_id, transaction_timestamp)
  join transaction_stream s on s.transaction_id = x.transaction_id order by x.transaction_id`;

/** The index of embeddings, and how many partitions are without their part of it. */
const embeddingIndexOf = async (sql: Sql) => {
  const [row] = await sql`select pg_get_indexdef(i.indexrelid) as definition, i.indisvalid as valid,
      (select count(*)::int from pg_inherits where inhparent = 'ml_features'::regclass) as partitions,
      (select count(*)::int from pg_inherits where inhparent = 'ml_features'::regclass)
        - (select count(*)::int from pg_inherits h join pg_index p on p.indexrelid = h.inhrelid
          where h.inhparent = i.indexrelid and p.indisvalid) as scattered
    from pg_index i where i.indexrelid = to_regclass(${embeddingIndex})`;
  return row;
};

beforeAll(async () => {
  const { code, said } = await run(whole.url, file, ...options);
  expect(said).toContain('2,500 payments imported');
  expect(code).toBe(0);
}, 180_000);

describe('an import', () => {
  it('records every payment, and its label as of the moment at which it became known', async () => {
    expect(await importOf(whole.sql, file)).toEqual({
      status: 'finished',
      rows: 2_500,
      next: 2_500,
      recorded: 2_500,
      known: 0,
      rejected: 0,
      labels: labelled,
    });
    const [row] = await whole.sql`select count(*)::int as payments, count(is_fraud)::int as labelled,
      count(*) filter (where labelled_at <> transaction_timestamp + interval '3 days')::int as wrong,
      count(latency_ms)::int as waited, (select count(*)::int from fraud_alerts) as alerts from transactions`;
    expect(row).toEqual({ payments: 2_500, labelled, wrong: 0, waited: 0, alerts: 0 });
    const [held] =
      await whole.sql`select count(*)::int as months from partition_holds where reason like 'Imported from %'`;
    const months = new Set(made.map(({ payment }) => payment.transaction_timestamp.slice(0, 7)));
    expect(held?.months).toBe(months.size);
  });

  it('computes each feature from what was there and known before', async () => {
    expect(await wrongFeatures(whole.sql, made)).toEqual({ wrong: [], alwaysTheSame: [] });
  }, 120_000);

  it('is on the record: who, what and how it ended', async () => {
    const rows = await whole.sql`select action, actor_type, actor_name, new_values from audit_trail
      where action like 'import:%' order by id`;
    expect(rows).toMatchObject([
      {
        action: 'import:begin',
        actor_type: 'system',
        new_values: { file: 'payments.csv', rows: 2_500, zone: 'UTC' },
      },
      { action: 'import:finish', new_values: { recorded: 2_500, rejected: 0, labels: labelled } },
    ]);
  });

  it('that ended adds nothing a second time, nor with other options', async () => {
    const before = await outcome(whole.sql);
    const again = await run(whole.url, file, ...options);
    expect(again).toMatchObject({ code: 0 });
    expect(again.said).toContain('nothing to add');
    const other = await run(whole.url, file, ...options, '--delimiter', ',', '--zone', 'Europe/London');
    expect(other.said).toContain('0 payments imported · 2,500 were there before · 0 labels set');
    expect(await outcome(whole.sql)).toEqual(before);
    const [row] = await whole.sql`select count(*)::int as streamed from transaction_stream`;
    expect(row?.streamed).toBe(2_500);
  }, 120_000);

  it('that was killed goes on where it stopped, and ends as one that was not', async () => {
    expect(await embeddingIndexOf(killed.sql)).toMatchObject({ valid: true, scattered: 0 });
    for (const enough of [300, 1_400]) {
      await killAfter(killed.sql, killed.url, [file, ...options], enough);
      expect(await importOf(killed.sql, file)).toMatchObject({ status: 'running' });
      expect(await embeddingIndexOf(killed.sql)).toBeUndefined();
    }
    // What a kill in the middle of the building leaves: the whole not valid, a part that hangs nowhere and is broken.
    const [{ definition = '' } = {}] = await killed.sql`select embedding_index as definition from imports`;
    const using = definition.slice(definition.indexOf(' USING '));
    const months =
      await killed.sql`select c.relname as name from pg_inherits h join pg_class c on c.oid = h.inhrelid
      where h.inhparent = 'ml_features'::regclass order by 1`;
    await killed.sql.unsafe(`create index idx_ml_features_embedding on only ml_features${using}`);
    for (const { name } of months.slice(0, 2))
      await killed.sql.unsafe(
        `create index ${partName(embeddingIndex, 'ml_features', name)} on ${name}${using}`,
      );
    await killed.sql`update pg_index set indisvalid = false
      where indexrelid = ${partName(embeddingIndex, 'ml_features', months[0]!.name)}::text::regclass`;
    const { code, said } = await run(killed.url, file, ...options);
    expect([code, said]).toEqual([0, expect.stringContaining('going on at row')]);
    expect(await importOf(killed.sql, file)).toMatchObject({
      status: 'finished',
      recorded: 2_500,
      known: 0,
      rejected: 0,
      labels: labelled,
    });
    expect(await outcome(killed.sql)).toEqual(await outcome(whole.sql));
    expect(await embeddingIndexOf(killed.sql)).toEqual(await embeddingIndexOf(whole.sql));
  }, 240_000);

  it('into an empty database builds the index of embeddings at its end, whole and of the same kind', async () => {
    const fresh = await testDatabase();
    expect(await embeddingIndexOf(whole.sql)).toEqual({
      ...(await embeddingIndexOf(fresh.sql)),
      partitions: expect.any(Number),
    });
    const [begun] =
      await whole.sql`select new_values from audit_trail where action = 'import:begin' order by id limit 1`;
    expect(begun?.new_values).toMatchObject({ embeddingIndex: 'built at the end' });
    const [one] = await whole.sql`select transaction_id as id, transaction_timestamp as at from ml_features
      order by transaction_timestamp desc limit 1`;
    const near = await whole.sql`select * from nearest_transactions(${one!.id}, ${one!.at}, 6)`;
    expect(near.length).toBe(6);
  });

  it('into a database with payments leaves that index alone', async () => {
    const more = makePayments(40, () => 3 * dayMs).map((one, i) => ({
      ...one,
      payment: { ...one.payment, transaction_id: `more-${i}` },
    }));
    const [before] = await whole.sql`select 'idx_ml_features_embedding'::regclass::oid as id`;
    expect((await run(whole.url, write('more.csv', more), ...options)).code).toBe(0);
    const [after] = await whole.sql`select 'idx_ml_features_embedding'::regclass::oid as id`;
    expect(after).toEqual(before);
  }, 60_000);
});

describe('rows that are no payments', () => {
  it('are set aside with their line and why, and the others imported', async () => {
    const good = made
      .slice(0, 3)
      .map((one, i) => ({ ...one, payment: { ...one.payment, transaction_id: `bad-${i}` } }));
    const last = good.at(-1)!.payment.transaction_timestamp;
    const row = (more: Partial<Record<(typeof columns)[number] | 'fraud', string>>) =>
      [...columns, 'fraud' as const, 'known' as const].map(
        (column) =>
          ({
            transaction_id: 'x',
            user_id: 'u',
            merchant_id: 'm',
            transaction_timestamp: last,
            amount: '1.00',
            ...more,
          })[column as 'user_id'] ?? '',
      );
    const bad = [
      row({ transaction_timestamp: '2018-02-30 10:00:00' }),
      row({ amount: '-1.00' }),
      row({ amount: 'NaN' }),
      row({ user_id: 'a\u0000b' }),
      ['x', 'u'],
      row({ fraud: 'maybe' }),
      row({ transaction_id: 'bad-0', amount: '99.99' }),
      row({ transaction_id: 'bad-3' }),
      row({ transaction_id: 'bad-3' }),
    ];
    const { code, said } = await run(killed.url, write('bad.csv', good, bad), ...options);
    expect(code).toBe(0);
    expect(said).toContain('4 payments imported · 1 were there before');
    expect(said).toContain('7 rows were rejected: ');
    const lines = fs.readFileSync(path.join(dir, 'bad.csv.rejects.csv'), 'utf8').trim().split('\n');
    const sorted = lines
      .slice(1)
      .map((line) => line.split(',').slice(0, 2).join(' '))
      .sort();
    expect(lines[0]).toBe(['line', 'field', 'reason', ...columns, 'fraud', 'known'].join());
    expect(sorted).toEqual([
      '10 label',
      '11 transaction_id',
      '5 transaction_timestamp',
      '6 amount',
      '7 amount',
      '8 user_id',
      '9 ',
    ]);
    expect(lines.find((line) => line.startsWith('11,'))).toContain('Another payment has this id.');
    const [kept] = await killed.sql`select amount from transactions where transaction_id = 'bad-0'`;
    expect(kept?.amount).toBe(good[0]!.payment.amount);
  }, 60_000);

  it('a file that is not in order, or lacks a column, changes nothing', async () => {
    const before = await killed.sql`select count(*)::int as n from imports`;
    const unsorted = await run(
      killed.url,
      write('unsorted.csv', [...made.slice(5, 7), made[0]!]),
      ...options,
    );
    expect(unsorted).toMatchObject({ code: 1 });
    expect(unsorted.said).toContain('sort the file by transaction_timestamp first');
    const lacking = await run(killed.url, file, ...options, '--map', 'merchant_category=mcc');
    expect(lacking.said).toContain('--map merchant_category=mcc');
    expect(lacking.said).toContain('has no column mcc');
    expect(await killed.sql`select count(*)::int as n from imports`).toEqual(before);
  }, 60_000);
});
