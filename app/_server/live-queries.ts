import type { z } from 'zod';
import * as activity from '@/domain/activity/queries';
import * as alerts from '@/domain/alerts/queries';
import * as apiKeys from '@/domain/api-keys/queries';
import * as apiUsage from '@/domain/api-usage/queries';
import * as auditTrail from '@/domain/audit-trail/queries';
import * as database from '@/domain/database/queries';
import * as featureCache from '@/domain/feature-cache/queries';
import * as jobs from '@/domain/jobs/queries';
import * as maintenance from '@/domain/maintenance/queries';
import * as metrics from '@/domain/metrics/queries';
import * as models from '@/domain/models/queries';
import type { Query } from '@/domain/operation';
import * as overview from '@/domain/overview/queries';
import * as patterns from '@/domain/patterns/queries';
import * as people from '@/domain/people/queries';
import * as pool from '@/domain/pool/queries';
import * as replication from '@/domain/replication/queries';
import * as reports from '@/domain/reports/queries';
import * as rules from '@/domain/rules/queries';
import * as securityEvents from '@/domain/security-events/queries';
import * as sessions from '@/domain/sessions/queries';
import * as settings from '@/domain/settings/queries';
import * as storage from '@/domain/storage/queries';
import * as stream from '@/domain/stream/queries';
import * as transactions from '@/domain/transactions/queries';

// One line a noun: its queries with `live: true` can be read again by the browser.
const modules: Record<string, unknown>[] = [
  activity,
  alerts,
  apiKeys,
  apiUsage,
  auditTrail,
  database,
  featureCache,
  jobs,
  maintenance,
  metrics,
  models,
  overview,
  patterns,
  people,
  pool,
  replication,
  reports,
  rules,
  securityEvents,
  sessions,
  settings,
  storage,
  stream,
  transactions,
];

export type LiveQuery = Query<z.ZodType, unknown>;

const isQuery = (value: unknown): value is LiveQuery =>
  typeof value === 'function' && (value as { kind?: unknown }).kind === 'query';

/** Every query that may be read again, by its operation name. */
export const liveQueries: ReadonlyMap<string, LiveQuery> = new Map(
  modules
    .flatMap((module) => Object.values(module))
    .filter(isQuery)
    .filter((query) => query.live)
    .map((query) => [query.operation, query]),
);
