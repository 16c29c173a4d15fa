import type { Sql } from 'postgres';
import { shippedModel } from '@/domain/models/shipped';
import { withEmbedding } from './embedding-sql';
import { busyMerchant, paymentsIn, type Span, type VolumeWorld } from './world';

const columns = `transaction_id, user_id, merchant_id, transaction_timestamp, recorded_at, amount, currency, amount_base,
  latitude, longitude, country, device_id, ip_address, channel, card_token, merchant_category, metadata, fraud_score,
  risk_level, decision, decision_version, latency_ms, is_fraud, label_source, labelled_at`;

/** One statement writes the payments of a stretch of time, in the order of their time, as a stream does. */
const paymentsSql = (world: VolumeWorld, span: Span, payments: number, label: string): string => {
  const from = `timestamptz '${span.from.toISOString()}'`;
  const seconds = (span.to.getTime() - span.from.getTime()) / 1000;
  // Zipf–Mandelbrot: the first of these has about one payment in a hundred too, the many last ones a few a year.
  const merchant = `floor(20 * power(${(world.merchants + 20) / 20}::float8, r_merchant) - 20)::int`;
  return `insert into transactions (${columns})
  select 'txn_' || substr(md5('${label}-' || i), 1, 20), 'u' || u, m, at, at + interval '40 milliseconds', amount, currency,
    round(amount * rate, 2), latitude, longitude, country, device, ip, channel, 'tok_' || lpad(to_hex(card), 12, '0'), category,
    case when i % 10 = 0 then '{"basket":3,"returning":true}'::jsonb end, score,
    case when score >= 0.8 then 'CRITICAL' when score >= 0.6 then 'HIGH' when score >= 0.4 then 'MEDIUM'
      when score >= 0.2 then 'LOW' else 'MINIMAL' end,
    case when score >= 0.85 then 'BLOCK' when score >= 0.5 then 'REVIEW' else 'ALLOW' end,
    'volume', latency, case when known <= now() then fraud end, case when known <= now() then source end,
    case when known <= now() then known end
  from (select s.*,
      case when r_label < case when score >= 0.85 then 0.5 when score >= 0.5 then 0.1 else 0.003 end then true
        when score >= 0.5 then false end as fraud,
      case when score >= 0.5 and r_late < 0.9 then 'analyst' else 'chargeback' end as source,
      case when r_label < case when score >= 0.85 then 0.5 when score >= 0.5 then 0.1 else 0.003 end or score >= 0.5
        then at + case when score >= 0.5 and r_late < 0.9 then interval '3 hours' else interval '30 days' end * r_late end as known
    from (select i, u, case when r_busy < 0.01 then '${busyMerchant}' else 'm' || (1 + ${merchant}) end as m,
        date_trunc('milliseconds', ${from} + make_interval(secs => (i - random()) / ${payments} * ${seconds})) as at,
        round((exp(random() * 6) * 0.5 + 1)::numeric, 2) as amount, money.currency, money.rate::numeric as rate,
        case when placed then 48 + u % 7 + random() end as latitude, case when placed then 8 + u % 11 + random() end as longitude,
        (array['DE','FR','TR','US','GB'])[1 + u % 5] as country, 'd' || case when usual then u else o end as device,
        inet '10.0.0.0' + (case when usual then u else o end / 2) as ip, (array['web','app','pos'])[1 + i % 3] as channel,
        case when usual then u else o end as card, (array['grocery','travel','games','fashion','fuel','online'])[1 + o % 6] as category,
        round((random() ^ 20)::numeric, 4) as score, (2 + random() * 6)::real as latency, r_merchant, r_label, r_late
      from (select i, floor(random() ^ 1.5 * ${world.users})::int as u, floor(random() * ${world.users})::int as o,
          random() < 0.8 as usual, random() < 0.7 as placed, random() as r_busy, random() as r_merchant, random() as r_label,
          random() as r_late, random() as r_money
        from generate_series(1, ${payments}) i) r
      cross join lateral (select case when r_money < 0.8 then 'EUR' when r_money < 0.9 then 'USD' else 'TRY' end as currency,
        case when r_money < 0.8 then 1 when r_money < 0.9 then 0.87 else 0.0205 end as rate) money) s) p`;
};

type Column = { name: string; type: string };

const featureColumns = async (sql: Sql): Promise<Column[]> =>
  (await sql`select column_name as name, data_type as type from information_schema.columns
    where table_schema = 'public' and table_name = 'ml_features' and data_type <> 'ARRAY'
      and column_name not in ('transaction_id', 'transaction_timestamp') order by ordinal_position`) as unknown as Column[];

/** A plausible value by name: what the payment says, else a skewed number of the column's size. */
const featureValue = ({ name, type }: Column): string => {
  const named: Record<string, string> = {
    payment_amount: 'amount_base::float8',
    payment_hour: `extract(hour from transaction_timestamp at time zone 'UTC')::int`,
    payment_night: `extract(hour from transaction_timestamp at time zone 'UTC') < 6`,
    payment_weekend: `extract(isodow from transaction_timestamp at time zone 'UTC') > 5`,
    user_amount_to_mean_30d: 'exp(2 * (random() + random() - 1))',
    user_distance_km_since_last: 'exp(8 * random()) - 1',
    user_seconds_since_last: 'exp(14 * random())',
    merchant_fraud_rate_30d: '0.05 * random() ^ 3',
  };
  if (named[name]) return named[name];
  if (type === 'boolean') return 'random() < 0.15';
  const scale =
    (name.includes('30d') ? 30 : name.includes('24h') ? 4 : 2) * (name.startsWith('merchant') ? 40 : 1);
  return type === 'integer'
    ? `floor(-${scale} * ln(1 - random()))::int`
    : `round((-ln(1 - random()) * ${scale * 50})::numeric, 2)::float8`;
};

const inSpan = (span: Span) =>
  `transaction_timestamp >= '${span.from.toISOString()}' and transaction_timestamp < '${span.to.toISOString()}'`;

const featuresSql = (known: Column[], span: Span, embedded: boolean): string => {
  const names = known.map(({ name }) => name).join(', ');
  const values = known.map((column) => `${featureValue(column)} as ${column.name}`).join(', ');
  const made = `(select transaction_id, transaction_timestamp, ${values} from transactions where ${inSpan(span)})`;
  const from = embedded
    ? withEmbedding(made)
    : `(select g.*, null::real[] as transaction_embedding from ${made} g)`;
  return `insert into ml_features (transaction_id, transaction_timestamp, ${names}, transaction_embedding)
    select transaction_id, transaction_timestamp, ${names}, transaction_embedding from ${from} x`;
};

const predictionsSql = (span: Span): string => {
  const parts = shippedModel.inputs.map(() => 'random()::real - 0.5').join(', ');
  return `insert into model_predictions (transaction_id, transaction_timestamp, model_name, model_version, arm, probability,
      base_log_odds, contributions, latency_ms)
    select transaction_id, transaction_timestamp, '${shippedModel.name}', '${shippedModel.version}', 'champion',
      fraud_score::real, -4.6, array[${parts}], 0.1
    from transactions where ${inSpan(span)}`;
};

/** One payment in eight is hit by a rule; the low numbers hit more. */
const hitsSql = (
  span: Span,
): string => `insert into rule_hits (transaction_id, transaction_timestamp, rule_version_id, rule_id,
      position, decision, points, tags, severity, reason_code, reason_values, seen)
    select transaction_id, transaction_timestamp, v.id, v.rule_id, 1, v.actions ->> 'decision', 0.1, '{}', 'warning', v.reason_code,
      '{"count":4,"limit":3}', '{"card.count_10m":4,"user.count_1h":2}'
    from (select transaction_id, transaction_timestamp, floor(random() ^ 2 * (select count(*) from rule_versions))::int as n
      from transactions where ${inSpan(span)} and random() < 0.125) t
    join (select *, row_number() over (order by id) - 1 as n from rule_versions) v using (n)`;

/** Writes the payments of a stretch with everything a decision keeps by month. */
export const fillPayments = async (
  sql: Sql,
  world: VolumeWorld,
  span: Span,
  options: { label: string; embedded: boolean },
): Promise<number> => {
  const payments = paymentsIn(world, span);
  await sql.unsafe(paymentsSql(world, span, payments, options.label));
  await sql.unsafe(featuresSql(await featureColumns(sql), span, options.embedded));
  await sql.unsafe(predictionsSql(span));
  await sql.unsafe(hitsSql(span));
  return payments;
};
