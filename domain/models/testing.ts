import type { Sql } from 'postgres';

/**
 * Labelled payments of the last `days` days with a feature that tells frauds apart, for tests: about one in twenty is a
 * fraud, known seven days later; the genuine ones have no label.
 */
export async function recordLabelled(sql: Sql, count: number, days: number): Promise<void> {
  await sql`select ensure_partitions(now() - make_interval(days => ${days + 1}::int), now())`;
  await sql`select setseed(0.5)`;
  await sql`
    with made as materialized (
      select 'labelled-' || i as id, now() - make_interval(secs => ${days * 86_400}::float8 * (1 - i / ${count}::float8)) as at,
        random() < 0.05 as fraud, random() as noise, i
      from generate_series(0, ${count}::int - 1) i),
    payments as (
      insert into transactions (transaction_id, user_id, merchant_id, transaction_timestamp, recorded_at, amount, currency,
        amount_base, fraud_score, risk_level, decision, decision_version, is_fraud, label_source, labelled_at)
      select id, 'user-' || i % 50, 'merchant-' || i % 20, at, at, 20, 'EUR', 20, 0.1, 'MINIMAL', 'ALLOW', 'test',
        case when fraud and at < now() - interval '7 days' then true end,
        case when fraud and at < now() - interval '7 days' then 'chargeback' end,
        case when fraud and at < now() - interval '7 days' then at + interval '7 days' end
      from made)
    insert into ml_features (transaction_id, transaction_timestamp, payment_amount, user_count_24h, card_count_10m)
    select id, at, case when fraud then 300 + 200 * noise else 400 * noise end, (10 * noise)::int,
      case when fraud and noise < 0.9 then 5 else (3 * noise)::int end
    from made`;
}
