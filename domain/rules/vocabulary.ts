/** What kind of fraud a rule looks for. */
export const ruleTypes = ['velocity', 'sharing', 'geography', 'habit', 'merchant', 'other'] as const;
export type RuleType = (typeof ruleTypes)[number];

export const decisions = ['ALLOW', 'REVIEW', 'BLOCK'] as const;
export const alertSeverities = ['info', 'warning', 'critical'] as const;
export type RuleDecision = (typeof decisions)[number];
export type AlertSeverity = (typeof alertSeverities)[number];
