import { z } from 'zod';
import { cursorInput } from '@/domain/cursor';

export const riskLevels = ['MINIMAL', 'LOW', 'MEDIUM', 'HIGH', 'CRITICAL'] as const;
export const alertSeverities = ['info', 'warning', 'critical'] as const;
export const alertStatuses = ['open', 'escalated', 'decided'] as const;
export const dispositions = ['fraud', 'good_alert', 'false_positive'] as const;
export type Disposition = (typeof dispositions)[number];
export type AlertStatus = (typeof alertStatuses)[number];

export const alertTabs = ['mine', 'open', 'all'] as const;
/** `urgent`: by place in the queue; `newest`: by time, the decided ones by when they were decided. */
export const alertOrders = ['urgent', 'newest'] as const;

export const dueTimes = ['overdue', '30m', '2h', 'later'] as const;

const alertId = z.coerce.number().int().positive().max(Number.MAX_SAFE_INTEGER);
const outsideKey = z.string().trim().min(1).max(100);
const money = z.coerce.number().min(0).max(1e13);
const note = z.string().trim().max(2000);

/** The queue and its filters; amounts in the base currency, ages in minutes since the alert was raised. */
export const listAlertsInput = z.strictObject({
  tab: z.enum(alertTabs).default('open'),
  order: z.enum(alertOrders).optional(),
  risk: z.array(z.enum(riskLevels)).max(5).optional(),
  severity: z.array(z.enum(alertSeverities)).max(3).optional(),
  status: z.array(z.enum(alertStatuses)).max(3).optional(),
  disposition: z.array(z.enum(dispositions)).max(3).optional(),
  merchant: outsideKey.optional(),
  user: outsideKey.optional(),
  amountFrom: money.optional(),
  amountTo: money.optional(),
  olderThanMinutes: z.coerce.number().int().min(0).max(527_040).optional(),
  youngerThanMinutes: z.coerce.number().int().min(1).max(527_040).optional(),
  /** When it must be decided: `overdue`, within 30 minutes, then within 2 hours, or `later`. */
  due: z.enum(dueTimes).optional(),
  cursor: cursorInput,
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
export type ListAlertsInput = z.input<typeof listAlertsInput>;
export type AlertFilters = z.output<typeof listAlertsInput>;

export const alertInput = z.strictObject({ id: alertId });
export const nextAlertInput = z.strictObject({ after: alertId.optional() });
export const claimNextInput = z.strictObject({});
export const decideAlertInput = z.strictObject({
  id: alertId,
  disposition: z.enum(dispositions),
  note: note.optional(),
});
export const bulkDecideInput = z.strictObject({
  ids: z.array(alertId).min(1).max(200),
  disposition: z.enum(dispositions),
  note: note.optional(),
});
export const escalateAlertInput = z.strictObject({ id: alertId, note: note.min(1) });
/** Without an id: the last alert that this person decided within the hour. */
export const undoAlertInput = z.strictObject({ id: alertId.optional() });
export const assignAlertInput = z.strictObject({ id: alertId, assigneeId: z.uuid().nullable() });
