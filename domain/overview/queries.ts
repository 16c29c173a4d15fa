import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { allows } from '@/domain/actor';
import { noInput, query } from '@/domain/operation';
import { merchantAttack } from './attack';
import { alertBacklog } from './backlog';
import { overviewHours } from './hours';
import { latestDecisions } from './latest';
import { pipeline } from './pipeline';
import { blockedPlaces } from './places';

/** Counts in the navigation; null where the role may not see them. */
export type WaitingCounts = {
  openAlerts: number | null;
  unresolvedEvents: number | null;
  criticalChecks: number | null;
};

/** What waits for somebody: undecided alerts, unresolved security events, critical checks of the database. */
export const countWaiting = query({
  name: 'overview.counts',
  can: 'overview:read',
  input: noInput,
  live: true,
  run: async ({ db, actor }): Promise<WaitingCounts> => {
    const [row] = await db.execute<Record<'alerts' | 'events' | 'checks', number | null>>(sql`select
      case when ${allows(actor, 'alert:read')} then (select count(*) from fraud_alerts where status <> 'decided')::float8 end as alerts,
      case when ${allows(actor, 'security-event:read')} then (select count(*) from security_events where not resolved)::float8 end as events,
      case when ${allows(actor, 'database:read')} then (select count(*) from health_checks where status = 'critical')::float8 end as checks`);
    return {
      openAlerts: row?.alerts ?? null,
      unresolvedEvents: row?.events ?? null,
      criticalChecks: row?.checks ?? null,
    };
  },
});

/** Sums by hour of the last 24 hours with those of the day before; see hours.ts. */
export const hourSeries = query({
  name: 'overview.hours',
  can: 'overview:read',
  input: noInput,
  live: true,
  run: ({ db }) => overviewHours(db),
});

/** Undecided alerts by due time; see backlog.ts. */
export const getAlertBacklog = query({
  name: 'overview.backlog',
  can: 'alert:read',
  input: noInput,
  live: true,
  run: ({ db }) => alertBacklog(db),
});

/** The newest decisions; 9 unless asked for up to 50. */
export const listLatestDecisions = query({
  name: 'overview.latest',
  can: 'transaction:read',
  input: z.strictObject({ limit: z.number().int().min(1).max(50).default(9) }),
  live: true,
  run: ({ db, input }) => latestDecisions(db, input.limit),
});

/** Countries of the payments blocked in the last 60 minutes; see places.ts. */
export const listBlockedPlaces = query({
  name: 'overview.places',
  can: 'overview:read',
  input: noInput,
  live: true,
  run: ({ db }) => blockedPlaces(db),
});

/** Whether payments get through in time; see pipeline.ts. */
export const getPipeline = query({
  name: 'overview.pipeline',
  can: 'overview:read',
  input: noInput,
  live: true,
  run: ({ db }) => pipeline(db),
});

/** The merchant under attack now, or null; see attack.ts. */
export const findMerchantAttack = query({
  name: 'overview.attack',
  can: 'alert:read',
  input: noInput,
  live: true,
  run: async ({ db }) => ({ attack: await merchantAttack(db) }),
});
