import fs from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from 'vitest';
import { testDatabase } from './testing';

const t = await testDatabase();
const folder = fileURLToPath(new URL('./objects/', import.meta.url));
const variants = fs.readdirSync(folder).filter((file) => /^170_nearest_transactions/.test(file));
const present = new Set((await t.sql`select extname from pg_extension`).map((row) => row.extname as string));

type Vector = number[];
const normalised = (vector: Vector): Vector => {
  const length = Math.hypot(...vector);
  return vector.map((part) => part / length);
};
const vectors = Array.from({ length: 40 }, (_, row) =>
  normalised(Array.from({ length: 16 }, (_, column) => Math.sin(row * 7.3 + column * (1 + (row % 5))))),
);
const cosine = (a: Vector, b: Vector) => a.reduce((sum, part, index) => sum + part * b[index]!, 0);
const now = new Date();
const at = (row: number) => new Date(now.getTime() - row * 60_000).toISOString();

beforeAll(async () => {
  for (const [row, vector] of vectors.entries()) {
    await t.sql`insert into transactions (transaction_id, user_id, merchant_id, transaction_timestamp, recorded_at, amount,
      currency, amount_base, fraud_score, risk_level, decision, decision_version)
      values (${`t${row}`}, 'u', 'm', ${at(row)}, ${at(row)}, 1, 'EUR', 1, 0.1, 'MINIMAL', 'ALLOW', 'v')`;
    await t.sql`insert into ml_features (transaction_id, transaction_timestamp, transaction_embedding)
      values (${`t${row}`}, ${at(row)}, ${`{${vector.join(',')}}`}::text::real[])`;
  }
});

// A later payment never explains an earlier one: only rows after `of` in this list, which runs back in time.
const expected = (of: number) =>
  vectors
    .map((vector, row) => ({ id: `t${row}`, row, similarity: cosine(vectors[of]!, vector) }))
    .filter(({ row }) => row > of)
    .sort((a, b) => b.similarity - a.similarity)
    .slice(0, 6);

const holds = async () => {
  for (const of of [0, 9]) {
    const rows =
      await t.sql`select transaction_id, similarity from nearest_transactions(${`t${of}`}, ${at(of)}, 6)`;
    const best = expected(of);
    expect(rows.map((row) => row.transaction_id)).toEqual(best.map(({ id }) => id));
    for (const [index, row] of rows.entries()) expect(row.similarity).toBeCloseTo(best[index]!.similarity, 4);
  }
};

test.each(variants)('%s gives the six most alike, of payments before it', async (file) => {
  const extension = file.split('.').length === 3 ? file.split('.')[1]! : null;
  if (extension && !present.has(extension)) return;
  await t.sql.unsafe(fs.readFileSync(folder + file, 'utf8'));
  await holds();
});

test('among very many payments the newest are compared one by one', async () => {
  if (!present.has('cube')) return;
  await t.sql.unsafe(fs.readFileSync(`${folder}170_nearest_transactions.cube.sql`, 'utf8'));
  await t.sql`update pg_class set reltuples = 1000000 where relname like 'ml\\_features\\_y%'`;
  await holds();
});
