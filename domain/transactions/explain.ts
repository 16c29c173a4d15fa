import { sql } from 'drizzle-orm';
import type { Db } from '@/db/client';
import { shippedModel } from '@/domain/models/shipped';
import { plannedBefore } from '@/domain/planned-range';
import type { RuleValue } from '@/domain/rules/fields';
import { readSettings } from '@/domain/settings/read';
import { features } from './features';
import {
  iso,
  number,
  type TransactionRow,
  transactionColumns,
  transactionNames,
  transactionRow,
} from './rows';
import { type RuleTest, ruleTests } from './rule-tests';
import { type Usual, usualPayments } from './usual';

/** A rule that fired, with the values it saw against its limits. */
export type FiredRule = {
  ruleId: number;
  version: number;
  name: string;
  decision: string | null;
  points: number | null;
  tags: string[];
  severity: string | null;
  reason: { code: string; values: Record<string, RuleValue> };
  tests: RuleTest[];
};

export type ModelPart = { field: string; value: RuleValue; contribution: number };
export type ModelExplanation = {
  name: string;
  version: string;
  arm: string;
  probability: number;
  /** Log-odds before any feature; base + contributions is the log-odds of the probability. */
  base: number;
  parts: ModelPart[];
};

export type PaymentDetail = TransactionRow & {
  recordedAt: string;
  latitude: number | null;
  longitude: number | null;
  merchantCategory: string | null;
  metadata: unknown;
  decisionVersion: string;
  latencyMs: number | null;
  labelledAt: string | null;
  archived: boolean;
  merchantCountry: string | null;
};

export type SimilarPayment = TransactionRow & { similarity: number };

/** Why a payment was decided as it was; everything was stored with the decision, nothing is computed again. */
export type Explanation = {
  payment: PaymentDetail;
  model: ModelExplanation | null;
  rules: FiredRule[];
  /** Names of the patterns that fired, as its alert has them. */
  patterns: string[];
  liveRules: number;
  features: { field: string; value: RuleValue }[];
  usual: Usual;
  similar: SimilarPayment[];
  /** This card's payments of the ten minutes before, with this one, the oldest first; at most 100. */
  card: TransactionRow[];
  baseCurrency: string;
  thresholds: { reviewAt: number; blockAt: number };
};

const detail = (row: Record<string, unknown>): PaymentDetail => ({
  ...transactionRow(row),
  recordedAt: iso(row.recorded_at) ?? '',
  latitude: number(row.latitude),
  longitude: number(row.longitude),
  merchantCategory: (row.merchant_category ?? null) as string | null,
  metadata: row.metadata ?? null,
  decisionVersion: String(row.decision_version),
  latencyMs: number(row.latency_ms),
  labelledAt: iso(row.labelled_at),
  archived: row.archived === true,
  merchantCountry: (row.merchant_country ?? null) as string | null,
});

/**
 * The payment with that id; `at` (as PostgreSQL writes it) finds it in one partition. Archived months are looked at
 * only when the live ones do not have it. Null when there is none.
 */
const findPayment = async (db: Db, id: string, at: string | null) => {
  const when = at === null ? sql`` : sql`and x.transaction_timestamp = ${at}::timestamptz`;
  for (const [table, archived] of [
    ['transactions', false],
    ['transactions_archive', true],
  ] as const) {
    const [row] = await db.execute<
      Record<string, unknown>
    >(sql`select ${transactionColumns}, x.recorded_at, x.latitude,
        x.longitude, x.merchant_category, x.metadata, x.decision_version, x.latency_ms, x.labelled_at,
        m.country as merchant_country, ${archived}::boolean as archived, x.transaction_timestamp::text as exact_at,
        to_jsonb(f) - 'transaction_embedding' as features, p.model_name, p.model_version, p.arm, p.probability,
        p.base_log_odds, to_jsonb(p.contributions) as contributions,
        (select to_jsonb(a.patterns) from fraud_alerts a where a.transaction_id = x.transaction_id) as patterns,
        (select jsonb_path_query_array(k.parameters, '$.inputs[*].field') from models k
          where k.model_name = p.model_name and k.model_version = p.model_version) as inputs
      from ${sql.identifier(table)} x ${transactionNames}
      left join ml_features f on f.transaction_id = x.transaction_id and f.transaction_timestamp = x.transaction_timestamp
      left join model_predictions p on p.transaction_id = x.transaction_id and p.transaction_timestamp = x.transaction_timestamp
      where x.transaction_id = ${id} ${when} order by x.transaction_timestamp desc limit 1`);
    if (row) return row;
  }
  return null;
};

const storedFeatures = (row: Record<string, unknown>): { field: string; value: RuleValue }[] => {
  const stored = row.features as Record<string, RuleValue> | null;
  return stored ? features.map(({ field, column }) => ({ field, value: stored[column] ?? null })) : [];
};

/** The shipped model has no row of its own. */
const shippedInputs = (name: string, version: string): string[] =>
  shippedModel.name === name && shippedModel.version === version
    ? shippedModel.inputs.map(({ field }) => field)
    : [];

const storedModel = (
  row: Record<string, unknown>,
  values: ReadonlyMap<string, RuleValue>,
): ModelExplanation | null => {
  if (row.model_name === null || row.model_name === undefined) return null;
  const contributions = (row.contributions ?? []) as number[];
  const inputs =
    (row.inputs as string[] | null) ?? shippedInputs(String(row.model_name), String(row.model_version));
  return {
    name: String(row.model_name),
    version: String(row.model_version),
    arm: String(row.arm),
    probability: Number(row.probability),
    base: Number(row.base_log_odds),
    parts: contributions.map((contribution, i) => {
      const field = inputs[i] ?? `#${i + 1}`;
      return { field, value: values.get(field) ?? null, contribution };
    }),
  };
};

const firedRules = async (db: Db, id: string, at: string): Promise<FiredRule[]> => {
  const rows = await db.execute<
    Record<string, unknown>
  >(sql`select h.rule_id, h.decision, h.points, h.tags, h.severity,
      h.reason_code, h.reason_values, h.seen, v.version, v.rule_name, v.conditions
    from rule_hits h left join rule_versions v on v.id = h.rule_version_id
    where h.transaction_id = ${id} and h.transaction_timestamp = ${at}::timestamptz order by h.position, h.rule_version_id`);
  return rows.map((row) => {
    const seen = (row.seen ?? {}) as Record<string, RuleValue>;
    return {
      ruleId: Number(row.rule_id),
      version: Number(row.version ?? 0),
      name: String(row.rule_name ?? ''),
      decision: (row.decision ?? null) as string | null,
      points: number(row.points),
      tags: (row.tags ?? []) as string[],
      severity: (row.severity ?? null) as string | null,
      reason: {
        code: String(row.reason_code),
        values: (row.reason_values ?? {}) as Record<string, RuleValue>,
      },
      tests: ruleTests(row.conditions, seen),
    };
  });
};

/** The payments most like this one in the 30 days before it, the most alike first, with how each turned out. */
export const similarPayments = async (
  db: Db,
  id: string,
  at: string,
  limit = 6,
): Promise<SimilarPayment[]> => {
  const rows = await db.execute<Record<string, unknown>>(sql`select ${transactionColumns}, n.similarity
    from nearest_transactions(${id}, ${at}::timestamptz, ${limit}) n
    join transactions x on x.transaction_id = n.transaction_id and x.transaction_timestamp = n.transaction_timestamp
      and ${plannedBefore(sql`x.transaction_timestamp`, at, 30 * 24)}
    ${transactionNames} order by n.similarity desc, x.transaction_timestamp desc`);
  return rows.map((row) => ({ ...transactionRow(row), similarity: Number(row.similarity) }));
};

const cardMinutes = async (db: Db, card: unknown, at: string): Promise<TransactionRow[]> => {
  if (card === null || card === undefined) return [];
  const rows = await db.execute<Record<string, unknown>>(sql`select ${transactionColumns} from transactions x
    ${transactionNames} where x.card_token = ${String(card)} and x.transaction_timestamp <= ${at}::timestamptz
      and x.transaction_timestamp > ${at}::timestamptz - interval '10 minutes'
      and ${plannedBefore(sql`x.transaction_timestamp`, at, 1)}
    order by x.transaction_timestamp desc, x.transaction_id desc limit 100`);
  return rows.map(transactionRow).reverse();
};

/** A payment and everything that explains its decision; null when no payment has that id. Eight reads, none per row. */
export const explainPayment = async (db: Db, id: string, at: string | null): Promise<Explanation | null> => {
  const row = await findPayment(db, id, at);
  if (!row) return null;
  const exactAt = String(row.exact_at);
  const [settings, rules, [live], usual, similar, card] = await Promise.all([
    readSettings(db, ['currency.base', 'decision.review_at', 'decision.block_at']),
    firedRules(db, id, exactAt),
    db.execute<{ n: string }>(sql`select count(*) as n from rule_versions where state = 'live'`),
    usualPayments(db, String(row.user_id), exactAt, id),
    similarPayments(db, id, exactAt),
    cardMinutes(db, row.card_token, exactAt),
  ]);
  const seen = storedFeatures(row);
  return {
    payment: detail(row),
    model: storedModel(row, new Map(seen.map(({ field, value }) => [field, value]))),
    rules,
    patterns: (row.patterns ?? []) as string[],
    liveRules: Number(live?.n ?? 0),
    features: seen,
    usual,
    similar,
    card,
    baseCurrency: settings['currency.base'],
    thresholds: { reviewAt: settings['decision.review_at'], blockAt: settings['decision.block_at'] },
  };
};
