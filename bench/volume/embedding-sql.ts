import { embeddingSize } from '@/domain/transactions/embedding';

const logScale = (column: string, full: number) =>
  `least(1.5, ln(1 + greatest(0, ${column})) / ln(1 + ${full}))`;
const flag = (column: string) => `${column}::integer`;

/** embedding() in SQL, over columns of ml_features that are never null: sixteen numbers before they are normalised. */
const raw = [
  '0.5::float8',
  `1.5 * ${logScale('payment_amount', 10_000)}`,
  logScale('user_amount_to_mean_30d', 20),
  '0.4 * sin(payment_hour / 24.0::float8 * 2 * pi())',
  '0.4 * cos(payment_hour / 24.0::float8 * 2 * pi())',
  `0.2 * ${flag('payment_weekend')}`,
  logScale('card_count_1h', 20),
  logScale('user_count_24h', 20),
  `0.6 * ${logScale('merchant_count_24h', 10_000)}`,
  logScale('user_distance_km_since_last', 20_000),
  `0.4 * ${logScale('user_seconds_since_last', 2_592_000)}`,
  `0.6 * ${flag('user_new_device_30d')}`,
  `0.6 * ${flag('user_new_card_30d')}`,
  `0.3 * ${flag('user_new_country_30d')} + 0.3 * ${flag('user_new_ip_30d')}`,
  `0.3 * ${flag('user_new_merchant_30d')}`,
  '1.5 * merchant_fraud_rate_30d',
];

const parts = Array.from({ length: embeddingSize }, (_, i) => `e${i}`);

/** Wraps a relation with the columns of ml_features: everything of it, and `transaction_embedding`. */
export const withEmbedding = (relation: string): string => {
  const named = raw.map((part, i) => `(${part})::float8 as e${i}`).join(', ');
  const length = `sqrt(${parts.map((part) => `${part} * ${part}`).join(' + ')})`;
  const normal = parts.map((part) => `(${part} / length)::real`).join(', ');
  return `(select v.*, array[${normal}] as transaction_embedding
    from (select w.*, ${length} as length from (select f.*, ${named} from ${relation} f) w) v)`;
};
