import { z } from 'zod';

/** One setting: what it may be, what it is until somebody changes it, and what it is for. */
export type Setting<T extends z.ZodType = z.ZodType> = {
  schema: T;
  initial: z.infer<T>;
  /** Groups the Settings page. */
  area: 'decision' | 'alerts' | 'pipeline' | 'sign-in' | 'database' | 'retention' | 'demo';
  unit?: 'score' | 'minutes' | 'hours' | 'days' | 'months' | 'count' | 'ms' | 'percent' | 'gigabytes';
  description: string;
};

const setting = <T extends z.ZodType>(definition: Setting<T>): Setting<T> => definition;
const whole = (minimum: number, maximum: number) => z.number().int().min(minimum).max(maximum);
const score = z.number().min(0).max(1);

/** Every row of system_config, by key. Texts for people are in messages (`settings.keys.<key>`). */
export const settings = {
  'decision.review_at': setting({
    schema: score,
    initial: 0.5,
    area: 'decision',
    unit: 'score',
    description: 'Score from which a payment goes to review',
  }),
  'decision.block_at': setting({
    schema: score,
    initial: 0.85,
    area: 'decision',
    unit: 'score',
    description: 'Score from which a payment is blocked',
  }),
  'decision.risk_bands': setting({
    schema: z.strictObject({ low: score, medium: score, high: score, critical: score }),
    initial: { low: 0.2, medium: 0.4, high: 0.6, critical: 0.8 },
    area: 'decision',
    unit: 'score',
    description: 'Scores at which each risk level begins; below low is minimal',
  }),
  'model.mature_days': setting({
    schema: whole(1, 180),
    initial: 7,
    area: 'decision',
    unit: 'days',
    description: 'Days after which the labels of a payment are taken as known when the champion is judged',
  }),
  'currency.base': setting({
    schema: z.string().regex(/^[A-Z]{3}$/),
    initial: 'EUR',
    area: 'decision',
    description: 'Currency that sums and features use',
  }),
  'currency.rates': setting({
    schema: z.record(z.string().regex(/^[A-Z]{3}$/), z.number().positive().max(1e6)),
    initial: { EUR: 1, USD: 0.87, GBP: 1.14, TRY: 0.0205, CHF: 1.07, SEK: 0.091, PLN: 0.236, JPY: 0.0056 },
    area: 'decision',
    description:
      'What one unit of each currency is worth in the base currency; a currency without a rate is refused',
  }),
  'alert.sla_minutes': setting({
    schema: z.strictObject({ critical: whole(1, 10080), warning: whole(1, 10080), info: whole(1, 10080) }),
    initial: { critical: 15, warning: 60, info: 240 },
    area: 'alerts',
    unit: 'minutes',
    description: 'Time to decide an alert, by severity',
  }),
  'alert.lease_minutes': setting({
    schema: whole(1, 240),
    initial: 10,
    area: 'alerts',
    unit: 'minutes',
    description: 'How long a claimed alert is kept for one person',
  }),
  'stream.max_tries': setting({
    schema: whole(1, 50),
    initial: 10,
    area: 'pipeline',
    unit: 'count',
    description: 'Tries after which a queued payment that fails each time is a dead letter',
  }),
  'session.idle_minutes': setting({
    schema: whole(1, 1440),
    initial: 15,
    area: 'sign-in',
    unit: 'minutes',
    description: 'A session ends after this long without a request',
  }),
  'session.absolute_hours': setting({
    schema: whole(1, 168),
    initial: 12,
    area: 'sign-in',
    unit: 'hours',
    description: 'A session ends this long after sign-in, whatever happens',
  }),
  'login.max_failures': setting({
    schema: whole(3, 20),
    initial: 5,
    area: 'sign-in',
    unit: 'count',
    description: 'Wrong passwords after which an account is locked',
  }),
  'login.lock_minutes': setting({
    schema: whole(1, 1440),
    initial: 30,
    area: 'sign-in',
    unit: 'minutes',
    description: 'How long a locked account stays locked',
  }),
  'login.spray_accounts': setting({
    schema: whole(3, 1000),
    initial: 10,
    area: 'sign-in',
    unit: 'count',
    description: 'Failed sign-ins from one address within ten minutes that are called password spraying',
  }),
  'database.slow_query_ms': setting({
    schema: whole(1, 600_000),
    initial: 1000,
    area: 'database',
    unit: 'ms',
    description: 'Mean time from which a query is called slow',
  }),
  'database.disk_gb': setting({
    schema: whole(0, 1_000_000),
    initial: 0,
    area: 'database',
    unit: 'gigabytes',
    description: 'Size of the disk that the database lies on; 0 while nobody has said it',
  }),
  'retention.transactions_months': setting({
    schema: whole(1, 240),
    initial: 24,
    area: 'retention',
    unit: 'months',
    description: 'Payments older than this go to the archive, month by month',
  }),
  'retention.stream_days': setting({
    schema: whole(1, 3650),
    initial: 30,
    area: 'retention',
    unit: 'days',
    description: 'How long the ingest log answers a repeated payment with the same text',
  }),
  'retention.api_usage_days': setting({
    schema: whole(1, 3650),
    initial: 90,
    area: 'retention',
    unit: 'days',
    description: 'How long calls of the API are kept',
  }),
  'retention.system_metrics_days': setting({
    schema: whole(1, 365),
    initial: 7,
    area: 'retention',
    unit: 'days',
    description: 'How long measurements are kept by the minute; days stay as means',
  }),
  'retention.features_months': setting({
    schema: whole(1, 240),
    initial: 36,
    area: 'retention',
    unit: 'months',
    description: 'How long features, predictions and rule hits are kept',
  }),
  'retention.metrics_daily_months': setting({
    schema: whole(1, 240),
    initial: 36,
    area: 'retention',
    unit: 'months',
    description: 'How long the days of measurements are kept',
  }),
  'retention.audit_months': setting({
    schema: whole(12, 240),
    initial: 84,
    area: 'retention',
    unit: 'months',
    description: 'How long the audit trail and security events are kept',
  }),
  'retention.job_runs_days': setting({
    schema: whole(8, 3650),
    initial: 30,
    area: 'retention',
    unit: 'days',
    description: 'How long runs of jobs are kept',
  }),
} as const satisfies Record<string, Setting>;

export type SettingKey = keyof typeof settings;
export type SettingValue<K extends SettingKey> = z.infer<(typeof settings)[K]['schema']>;
