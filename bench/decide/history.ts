import type { Sql } from 'postgres';
import type { PaymentWorld } from '@/domain/transactions/generated-payments';

/** Who pays in the benchmark; the history is of the same people. */
export const historyWorld: PaymentWorld = {
  prefix: '',
  users: 20_000,
  merchants: 4_000,
  devices: 20_000,
  addresses: 250,
  network: 1,
};

/** Payments of the last 40 days, written in one statement: what a read has to look through. */
export async function fillHistory(sql: Sql, payments: number): Promise<void> {
  await sql`insert into transactions (transaction_id, user_id, merchant_id, transaction_timestamp, recorded_at, amount, currency,
      amount_base, latitude, longitude, country, device_id, ip_address, channel, card_token, fraud_score, risk_level, decision,
      decision_version)
    select 'history-' || i, 'u' || u, 'm' || m, at, at, amount, 'EUR', amount, 48 + u % 7, 8 + u % 11, 'DE', 'd' || u,
      inet '10.1.0.1' + u % 250, 'web', 'c' || u, score,
      case when score >= 0.8 then 'CRITICAL' when score >= 0.6 then 'HIGH' when score >= 0.4 then 'MEDIUM'
        when score >= 0.2 then 'LOW' else 'MINIMAL' end, 'ALLOW', 'history'
    from (select i, floor(random() * random() * ${historyWorld.users})::int as u,
        floor(random() ^ 3 * ${historyWorld.merchants})::int as m,
        date_trunc('milliseconds', now() - random() * interval '40 days') as at,
        round((exp(random() * 6) * 0.5 + 1)::numeric, 2) as amount, round((random() ^ 6)::numeric, 4) as score
      from generate_series(1, ${payments}) i) s`;
  await sql`insert into users (user_id) select distinct user_id from transactions on conflict do nothing`;
  await sql`insert into merchants (merchant_id) select distinct merchant_id from transactions on conflict do nothing`;
  await sql`vacuum analyze`;
}
