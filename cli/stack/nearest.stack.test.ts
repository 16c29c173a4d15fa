import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { connect } from '@/db/client';
import { ensureDatabase, migrate } from '@/db/migrate';
import { embedding } from '@/domain/transactions/embedding';
import { seededRandom } from '@/domain/transactions/generated-payments';

const stack = inject('stack');
const name = 'vigil_nearest';
const url = await ensureDatabase(stack.primary, name);
await migrate(url, { passwordFile: stack.passwordFile });
// One connection: what it has counted is flushed by itself.
const sql = connect(url, { max: 1, name: 'test' });

const rows = 8_000;
const days = 45;
const wanted = 12;
const random = seededRandom(7);
const chance = (of: number) => random() < of;

/** A payment as customers make them: small sums at usual hours, now and then a burst, a journey or a large sum. */
const features = () => {
  const burst = chance(0.04);
  return {
    'payment.amount': Math.exp(1.5 + 3 * random() + (chance(0.05) ? 3 : 0)),
    'user.amount_to_mean_30d': Math.exp((random() - 0.5) * 2 + (chance(0.05) ? 2 : 0)),
    'payment.hour': Math.floor((random() + random()) * 12),
    'payment.weekend': chance(2 / 7),
    'card.count_1h': burst ? 3 + Math.floor(random() * 15) : chance(0.2) ? 1 : 0,
    'user.count_24h': Math.floor(random() * (burst ? 20 : 4)),
    'merchant.count_24h': Math.floor(10_000 ** random()),
    'user.distance_km_since_last': chance(0.1) ? 10_000 ** random() : random() * 20,
    'user.seconds_since_last': 2_592_000 ** random(),
    'user.new_device_30d': chance(0.08),
    'user.new_card_30d': chance(0.04),
    'user.new_country_30d': chance(0.05),
    'user.new_ip_30d': chance(0.2),
    'user.new_merchant_30d': chance(0.4),
    'merchant.fraud_rate_30d': chance(0.1) ? random() * 0.2 : 0,
  };
};

const now = Date.now();
const payments = Array.from({ length: rows }, (_, at) => ({
  id: `n${at}`,
  at: new Date(now - (at / rows) * days * 86_400_000).toISOString(),
  vector: embedding(features()),
}));
// From the newest to one whose window reaches back to the oldest, so that every part of a month is met.
const asked = Array.from({ length: 30 }, (_, at) => at * 90);

beforeAll(async () => {
  await sql`select ensure_partitions(${payments.at(-1)!.at}, null)`;
  // Made from the rows by the tests themselves.
  await sql`drop index idx_ml_features_embedding`;
  for (let from = 0; from < rows; from += 1_000) {
    const some = payments.slice(from, from + 1_000);
    await sql`insert into ml_features (transaction_id, transaction_timestamp, transaction_embedding)
      select id, at, vector::real[] from jsonb_to_recordset(${JSON.stringify(some)}::text::jsonb)
        as r(id text, at timestamptz, vector real[])`;
  }
  await sql`analyze ml_features`;
});
afterAll(async () => {
  await sql.end();
  const admin = connect(stack.primary, { max: 1, name: 'test' });
  await admin.unsafe(`drop database ${name} with (force)`);
  await admin.end();
});

const cosine = (a: number[], b: number[]) => a.reduce((sum, part, index) => sum + part * b[index]!, 0);

/** How alike the twelfth of the truly nearest is, of the 30 days before. */
const exact = (of: number): number => {
  const { at, vector } = payments[of]!;
  const from = Date.parse(at) - 30 * 86_400_000;
  const alike = payments
    .slice(of + 1)
    .filter((payment) => Date.parse(payment.at) >= from)
    .map((payment) => cosine(vector, payment.vector));
  return alike.sort((a, b) => b - a)[wanted - 1]!;
};

/** The part of the truly nearest that is found, over all payments asked for. */
const recall = async (): Promise<number> => {
  let found = 0;
  for (const of of asked) {
    const { id, at } = payments[of]!;
    const last = exact(of);
    const nearest =
      await sql`select transaction_timestamp, similarity from nearest_transactions(${id}, ${at}, ${wanted})`;
    expect(nearest, id).toHaveLength(wanted);
    const from = Date.parse(at) - 30 * 86_400_000;
    for (const row of nearest) {
      expect(row.transaction_timestamp.getTime()).toBeGreaterThanOrEqual(from);
      expect(row.transaction_timestamp.getTime()).toBeLessThanOrEqual(Date.parse(at));
    }
    found += nearest.filter((row) => row.similarity >= last - 1e-6).length;
  }
  return found / (asked.length * wanted);
};

const indexScans = async (): Promise<number> => {
  await sql`select pg_stat_force_next_flush()`;
  const [row] = await sql`select sum(s.idx_scan)::int as scans from pg_stat_user_indexes s
    join pg_class c on c.oid = s.indexrelid join pg_am a on a.oid = c.relam where a.amname in ('hnsw', 'ivfflat')`;
  return row?.scans ?? 0;
};

test.each(['hnsw', 'ivfflat'])(
  '%s finds at least 95 % of the truly nearest within the window',
  async (method) => {
    await sql`select make_embedding_index(${method})`;
    const [index] = await sql`select a.amname as method from pg_class c join pg_am a on a.oid = c.relam
    where c.oid = 'idx_ml_features_embedding'::regclass`;
    expect(index?.method).toBe(method);
    const before = await indexScans();
    const part = await recall();
    console.log(`${method}: recall ${part.toFixed(3)}`);
    expect(part).toBeGreaterThanOrEqual(0.95);
    expect(await indexScans()).toBeGreaterThanOrEqual(before + asked.length);
  },
);

test('an index of another kind stays when objects are applied again', async () => {
  await sql`delete from applied_objects`;
  await migrate(url, { passwordFile: stack.passwordFile });
  const [index] = await sql`select a.amname as method from pg_class c join pg_am a on a.oid = c.relam
    where c.oid = 'idx_ml_features_embedding'::regclass`;
  expect(index?.method).toBe('ivfflat');
  expect(await recall()).toBeGreaterThanOrEqual(0.95);
});
