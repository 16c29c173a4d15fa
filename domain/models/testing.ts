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

export type Traffic = {
  /** Whole UTC days before today, the first and the last one of these payments. */
  daysAgo: readonly [number, number];
  perDay: number;
  /** What amounts, and all that is made of them, are multiplied by. */
  amounts?: number;
  model: { name: string; version: string };
  /** Share of the frauds that the model gives 0.6 and more. */
  caught?: number;
};

/**
 * Full days of scored payments whose features are the same from day to day, for tests. One in forty is a fraud, known
 * three days later; scores of the others lie below 0.5 but for one in a hundred.
 */
export async function recordTraffic(sql: Sql, traffic: Traffic): Promise<void> {
  const { daysAgo, perDay, amounts = 1, model, caught = 0.8 } = traffic;
  const [first, last] = daysAgo;
  await sql`select ensure_partitions(now() - make_interval(days => ${first + 1}::int), now())`;
  await sql.begin(async (tx) => {
    await tx`select setseed(0.25)`;
    await tx`create temporary table made on commit drop as
      select format('traffic-%s-%s', d, i) as id,
        (date_trunc('day', now() at time zone 'UTC') - make_interval(days => d)) at time zone 'UTC'
          + make_interval(secs => 86400 * (i - 1) / ${perDay}::float8) as at,
        i % 40 = 0 as fraud, random() as a, random() as b, random() as c
      from generate_series(${last}::int, ${first}::int) d, generate_series(1, ${perDay}::int) i`;
    await tx`insert into transactions (transaction_id, user_id, merchant_id, transaction_timestamp, recorded_at, amount,
        currency, amount_base, fraud_score, risk_level, decision, decision_version, is_fraud, label_source, labelled_at)
      select id, 'user-' || right(id, 2), 'merchant-' || right(id, 1), at, at, 20, 'EUR', 20, 0.1, 'MINIMAL', 'ALLOW', 'test',
        case when fraud then true end, case when fraud then 'chargeback' end, case when fraud then at + interval '3 days' end
      from made`;
    await tx`insert into ml_features (transaction_id, transaction_timestamp, payment_amount, user_amount_to_mean_30d,
        user_count_24h, user_count_1h, card_count_10m, user_new_device_30d, user_seconds_since_last)
      select id, at, ${amounts}::float8 * exp(3 + 2 * a), ${amounts}::float8 * exp(a - b), (20 * b)::int, (5 * c * c)::int,
        (4 * c * c * c)::int, a + c < 0.3, case when b > 0.1 then exp(9 * c) end
      from made`;
    await tx`insert into model_predictions (transaction_id, transaction_timestamp, model_name, model_version, probability,
        base_log_odds, contributions)
      select id, at, ${model.name}, ${model.version},
        case when fraud then case when a < ${caught}::float8 then 0.6 + 0.3 * b else 0.3 * b end
          when c < 0.01 then 0.55 else 0.45 * b * b end, 0, '{}'
      from made`;
  });
}
