import { scoredBy } from '@/domain/ab-tests/arm';
import type { Arm } from '@/domain/ab-tests/input';
import type { Prediction } from '@/domain/models/logistic';
import { type Model, score as scoreByModel } from '@/domain/models/model';
import { reasonSentence } from '@/domain/rules/english';
import { ruleRow } from '@/domain/rules/fields';
import type { RuleHit } from '@/domain/rules/ruleset';
import type { DecisionRules } from './decision-state';
import { embedding } from './embedding';
import { type DecisionContext, featureValues } from './feature-values';
import { type Features, features } from './features';
import type { Payment } from './input';
import { keptPayment } from './kept-payment';
import { alertFor, type Decision, type RiskLevel, type Scored, score } from './score';

/** The answer of the decision API, stored as text and given back byte for byte. */
export type DecisionAnswer = {
  transaction_id: string;
  decision: Decision;
  fraud_score: number;
  risk_level: RiskLevel;
  /** English sentences, one for each rule that fired, in the order of `rules`. */
  reasons: string[];
  /** Rules that fired, as R-numbers, lower priority first. */
  rules: string[];
  patterns: string[];
  model: { name: string; version: string; probability: number };
  /**
   * From the arrival in this process (of a queued payment: from when a worker took it up) until the decision was made;
   * writing it down is not in it.
   */
  latency_ms: number;
};

/** One element of the array that `record_decision` takes; `answer` is the text to give. */
export type DecisionRecord = Record<string, unknown> & { answer: string };

/** What one payment is decided from, apart from the rules. */
export type Incoming = {
  payment: Payment;
  hash: string;
  amountBase: string;
  /** When the request arrived, ISO 8601; the server's clock at recording where absent. */
  receivedAt?: string | null;
  /** Epoch of a worker's claim on its queue row. */
  leaseEpoch?: number | null;
  /** `performance.now()` at arrival. */
  startedMs: number;
  /** Of the past: no latency is kept and no alert is opened. */
  past?: Past;
  label?: KnownLabel | null;
};

/** What is known of a payment of the past by now; it counts from `knownAt` (ISO 8601) on. */
export type KnownLabel = { isFraud: boolean; knownAt: string };

/** How payments of the past are recorded. */
export type Past = {
  /** The columns of `ml_features` in their order: features go as the text of a row, which costs the database a third. */
  featureColumns: readonly string[];
};

export const ruleNumber = (id: number): string => `R-${String(id).padStart(3, '0')}`;

const hitRow = (hit: RuleHit, position: number) => ({
  rule_version_id: hit.versionId,
  rule_id: hit.ruleId,
  position,
  decision: hit.actions.decision ?? null,
  points: hit.actions.points ?? null,
  tags: hit.actions.tags ?? null,
  severity: hit.actions.alert?.severity ?? null,
  reason_code: hit.reasonCode,
  reason_values: hit.values,
  seen: hit.seen,
});

const hundredths = (value: number) => Math.round(value * 100) / 100;

/** The features as columns of `ml_features`; what is missing is left out. */
function featureColumns(payment: Payment, values: Features): Record<string, unknown> {
  const columns: Record<string, unknown> = {
    transaction_id: payment.transaction_id,
    transaction_timestamp: payment.transaction_timestamp,
    transaction_embedding: embedding(values),
  };
  for (const { field, column } of features) if (values[field] !== null) columns[column] = values[field];
  return columns;
}

const cell = (value: unknown): string => {
  if (value === undefined) return '';
  if (Array.isArray(value)) return `"{${value.join()}}"`;
  return typeof value === 'string' ? `"${value.replace(/["\\]/g, '\\$&')}"` : String(value);
};

/** The same as the text of a row of `ml_features`. */
const featureRow = (columns: Record<string, unknown>, order: readonly string[]): string =>
  `(${order.map((name) => cell(columns[name])).join()})`;

function answerOf(
  payment: Payment,
  decided: Decided,
  rules: DecisionRules,
  latencyMs: number,
): DecisionAnswer {
  const { scored, hits, prediction, model } = decided;
  return {
    transaction_id: payment.transaction_id,
    decision: scored.decision,
    fraud_score: scored.fraudScore,
    risk_level: scored.riskLevel,
    reasons: hits.map((hit) =>
      reasonSentence({ code: hit.reasonCode, values: hit.values }, rules.baseCurrency),
    ),
    rules: hits.map((hit) => ruleNumber(hit.ruleId)),
    patterns: scored.patterns,
    model: {
      name: model.name,
      version: model.version,
      probability: Math.round(prediction.probability * 1e4) / 1e4,
    },
    latency_ms: latencyMs,
  };
}

type Decided = {
  scored: Scored;
  hits: RuleHit[];
  /** Which one scored it, and why. */
  model: Model;
  arm: Arm;
  testId: number | null;
  prediction: Prediction;
  values: Features;
  modelMs: number;
};

/** Features, model, rules and score of a payment, from what was read for it. */
function decideFrom(
  { payment, amountBase, past }: Incoming,
  context: DecisionContext,
  rules: DecisionRules,
): Decided {
  const values = featureValues(payment, amountBase, context);
  const row = ruleRow(payment, values);
  // What is imported was paid before the test, by customers who were in no arm.
  const by = scoredBy(rules.model, past ? null : rules.test, payment.user_id);
  const startedMs = performance.now();
  const prediction = scoreByModel(by.model, row);
  const modelMs = hundredths(performance.now() - startedMs);
  const hits = rules.rules(row);
  return {
    scored: score(prediction.probability, hits, rules.thresholds, rules.patterns),
    hits,
    ...by,
    prediction,
    values,
    modelMs,
  };
}

/**
 * Decides one payment from what was read for it. Pure but for the clock.
 * @returns the element for `record_decision` (220_record_decision.sql); its `answer` is the text to give
 */
export function decisionRecord(
  incoming: Incoming,
  context: DecisionContext,
  rules: DecisionRules,
): DecisionRecord {
  const { payment, amountBase } = incoming;
  const decided = decideFrom(incoming, context, rules);
  const { scored, hits, prediction } = decided;
  const alert = incoming.past ? null : alertFor(scored, hits, Number(amountBase), rules.slaMinutes);
  const latencyMs = hundredths(performance.now() - incoming.startedMs);
  const stored = featureColumns(payment, decided.values);
  return {
    ...payment,
    position: context.position,
    payload_hash: incoming.hash,
    raw_data: keptPayment(payment),
    received_at: incoming.receivedAt ?? null,
    lease_epoch: incoming.leaseEpoch ?? null,
    user_head: context.user_head,
    card_head: context.card_head,
    amount_base: amountBase,
    fraud_score: scored.fraudScore,
    risk_level: scored.riskLevel,
    decision: scored.decision,
    decision_version: rules.version,
    // Nobody waited for a queued payment, or one of the past: the time that its block took says nothing about it.
    latency_ms: incoming.leaseEpoch == null && !incoming.past ? latencyMs : null,
    answer: JSON.stringify(answerOf(payment, decided, rules, latencyMs)),
    is_fraud: incoming.label?.isFraud,
    labelled_at: incoming.label?.knownAt,
    features: incoming.past ? undefined : stored,
    features_row: incoming.past && featureRow(stored, incoming.past.featureColumns),
    model_name: decided.model.name,
    model_version: decided.model.version,
    model_latency_ms: decided.modelMs,
    arm: decided.arm,
    ab_test_id: decided.testId,
    probability: prediction.probability,
    base_log_odds: prediction.base,
    contributions: prediction.contributions,
    hits: hits.map(hitRow),
    alert: alert && {
      severity: alert.severity,
      reasons: hits.map((hit) => ({ rule: hit.ruleId, code: hit.reasonCode, values: hit.values })),
      rules: hits.map((hit) => hit.ruleId),
      patterns: scored.patterns,
      queue_seconds: alert.queueSeconds,
      sla_seconds: alert.slaSeconds,
    },
  };
}
