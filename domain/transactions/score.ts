import type { RuleHit } from '@/domain/rules/ruleset';

export type Decision = 'ALLOW' | 'REVIEW' | 'BLOCK';
export type RiskLevel = 'MINIMAL' | 'LOW' | 'MEDIUM' | 'HIGH' | 'CRITICAL';
export type Severity = 'info' | 'warning' | 'critical';

/** Scores at which things begin; all 0 to 1, from `system_config`. */
export type Thresholds = {
  reviewAt: number;
  blockAt: number;
  bands: { low: number; medium: number; high: number; critical: number };
};

/** A typology: rules with weights; it fires when the weights of its rules that fired reach a threshold. */
export type Pattern = {
  name: string;
  rules: readonly { ruleId: number; weight: number }[];
  reviewThreshold: number;
  blockThreshold: number;
};

export type Scored = {
  /** 0 to 1, four decimals: what is stored, compared and shown. */
  fraudScore: number;
  riskLevel: RiskLevel;
  decision: Decision;
  /** Names of the patterns that fired. */
  patterns: string[];
};

const severityOfDecision: Record<Decision, number> = { ALLOW: 0, REVIEW: 1, BLOCK: 2 };
const worse = (a: Decision, b: Decision): Decision => (severityOfDecision[b] > severityOfDecision[a] ? b : a);

/**
 * The model's probability plus the points of the rules, clamped to 0…1, to four decimals. The probability counts in
 * single precision, as it is stored, so that the score can be computed again from what was kept.
 */
export const fraudScoreOf = (probability: number, points: readonly number[]): number => {
  const sum = points.reduce((total, value) => total + value, Math.fround(probability));
  return Math.round(Math.min(1, Math.max(0, sum)) * 1e4) / 1e4;
};

/** The band of a score: MINIMAL < low ≤ LOW < medium ≤ MEDIUM < high ≤ HIGH < critical ≤ CRITICAL. */
export function riskLevelOf(score: number, bands: Thresholds['bands']): RiskLevel {
  if (score >= bands.critical) return 'CRITICAL';
  if (score >= bands.high) return 'HIGH';
  if (score >= bands.medium) return 'MEDIUM';
  return score >= bands.low ? 'LOW' : 'MINIMAL';
}

function firedPatterns(
  patterns: readonly Pattern[],
  hits: readonly RuleHit[],
): { name: string; decision: Decision }[] {
  const fired = new Set(hits.map((hit) => hit.ruleId));
  return patterns.flatMap(
    ({ name, rules, reviewThreshold, blockThreshold }): { name: string; decision: Decision }[] => {
      const sum = rules.reduce((all, rule) => all + (fired.has(rule.ruleId) ? rule.weight : 0), 0);
      // 0.7 and 0.1 reach 0.8.
      const weight = Math.round(sum * 1e4) / 1e4;
      if (weight >= blockThreshold) return [{ name, decision: 'BLOCK' }];
      return weight >= reviewThreshold ? [{ name, decision: 'REVIEW' }] : [];
    },
  );
}

/**
 * Score, risk and decision of a payment. The decision is the most severe of the score's thresholds, the rules and the
 * patterns, except that an explicit allow rule wins over all of them.
 */
export function score(
  probability: number,
  hits: readonly RuleHit[],
  thresholds: Thresholds,
  patterns: readonly Pattern[] = [],
): Scored {
  const points = hits.flatMap(({ actions }) => (actions.points === undefined ? [] : [actions.points]));
  const fraudScore = fraudScoreOf(probability, points);
  const fired = firedPatterns(patterns, hits);
  const byScore: Decision =
    fraudScore >= thresholds.blockAt ? 'BLOCK' : fraudScore >= thresholds.reviewAt ? 'REVIEW' : 'ALLOW';
  const asked = [
    ...hits.map((hit) => hit.actions.decision ?? 'ALLOW'),
    ...fired.map((pattern) => pattern.decision),
  ];
  const allowed = hits.some((hit) => hit.actions.decision === 'ALLOW');
  return {
    fraudScore,
    riskLevel: riskLevelOf(fraudScore, thresholds.bands),
    decision: allowed ? 'ALLOW' : asked.reduce(worse, byScore),
    patterns: fired.map((pattern) => pattern.name),
  };
}

export type AlertPlan = { severity: Severity; slaSeconds: number; queueSeconds: number };

const severities: readonly Severity[] = ['info', 'warning', 'critical'];
const severest = (of: readonly Severity[]): Severity =>
  severities[Math.max(...of.map((one) => severities.indexOf(one)))] ?? 'info';

/**
 * The alert that a decision calls for: always for review and block, for an allowed payment only when a rule asks.
 * Its place in the queue is the time it is due, brought forward by score × money (€ 10 000 counts in full), so that
 * the order of the queue never changes while it waits.
 * @param slaMinutes time to decide, by severity
 * @returns seconds from the recording of the payment, or null
 */
export function alertFor(
  scored: Scored,
  hits: readonly RuleHit[],
  amountBase: number,
  slaMinutes: Record<Severity, number>,
): AlertPlan | null {
  const asked = hits.flatMap(({ actions }) => (actions.alert ? [actions.alert.severity] : []));
  if (scored.decision === 'ALLOW' && asked.length === 0) return null;
  const byRisk: Severity =
    scored.riskLevel === 'CRITICAL'
      ? 'critical'
      : scored.riskLevel === 'HIGH' || scored.decision === 'BLOCK'
        ? 'warning'
        : 'info';
  const severity = severest(scored.decision === 'ALLOW' ? asked : [byRisk, ...asked]);
  const slaSeconds = slaMinutes[severity] * 60;
  const weight = scored.fraudScore * Math.min(1, Math.log10(1 + amountBase) / 4);
  return { severity, slaSeconds, queueSeconds: Math.round(slaSeconds * (1 - weight)) };
}
