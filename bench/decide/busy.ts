import { connect } from '@/db/client';
import { FeatureCacheKeeper } from '@/domain/transactions/feature-cache';
import type { DecisionContext } from '@/domain/transactions/feature-values';
import { generatePayment, seededRandom } from '@/domain/transactions/generated-payments';
import type { Payment } from '@/domain/transactions/input';
import { historyWorld } from './history';
import { percentile } from './percentile';

type Read = { name: string; p50: number; p99: number };

/** Milliseconds of the read alone: an ordinary payment, and one at a merchant with `payments` payments in 30 days. */
export async function measureReads(url: string, payments: number): Promise<Read[]> {
  const sql = connect(url, { max: 1, name: 'bench' });
  await sql`insert into transactions (transaction_id, user_id, merchant_id, transaction_timestamp, recorded_at, amount, currency,
      amount_base, card_token, fraud_score, risk_level, decision, decision_version)
    select 'busy-' || i, 'u' || i % 15000, 'busy', at, at, 20, 'EUR', 20, 'c' || i % 15000, 0.1, 'MINIMAL', 'ALLOW', 'history'
    from (select i, date_trunc('milliseconds', now() - random() * interval '30 days') as at
      from generate_series(1, ${payments}) i) s`;
  await sql`vacuum analyze transactions`;
  const random = seededRandom(9);
  const read = async (more: Partial<Payment>) => {
    const payment = { ...generatePayment(historyWorld, 'read', new Date(), random), ...more };
    const asked = JSON.stringify([{ ...payment, position: 0 }]);
    const started = performance.now();
    const [context] = await sql<DecisionContext[]>`select * from decision_context(${asked}::text::jsonb)`;
    return { ms: performance.now() - started, payment, context: context as DecisionContext };
  };
  const measure = async (name: string, more: () => Partial<Payment>, times: number): Promise<Read> => {
    const all: number[] = [];
    for (let i = -10; i < times; i += 1) {
      const { ms } = await read(more());
      if (i >= 0) all.push(ms);
    }
    all.sort((a, b) => a - b);
    return { name, p50: percentile(all, 0.5), p99: percentile(all, 0.99) };
  };
  // The rarer half of the merchants: the busy ones of the history would be kept by a running process.
  const ordinary = () => ({ merchant_id: `m${Math.floor((0.5 + random() / 2) * historyWorld.merchants)}` });
  const reads = [await measure('an ordinary payment', ordinary, 300)];
  const busy = () => ({ merchant_id: 'busy' });
  reads.push(await measure(`at a merchant with ${payments} payments in 30 days, from the rows`, busy, 30));
  const keeper = new FeatureCacheKeeper(sql);
  const { payment, context } = await read({ merchant_id: 'busy' });
  keeper.note(payment, context);
  await keeper.flush();
  reads.push(await measure('the same, kept in feature_cache', busy, 100));
  await sql.end();
  return reads;
}
