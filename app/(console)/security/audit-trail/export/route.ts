import { stringify } from 'csv-stringify/sync';
import { currentActor } from '@/app/_server/actor';
import { csvResponse } from '@/app/_server/csv-response';
import { isSameOrigin, originOf } from '@/app/_server/request';
import { problem } from '@/app/_server/respond';
import { anonymousActor, type PersonActor } from '@/domain/actor';
import { exportAudit } from '@/domain/audit-trail/commands';
import { exportAuditPage } from '@/domain/audit-trail/queries';
import { failureOf } from '@/domain/operation';
import { auditFilterOf } from '../filter';

type Filter = ReturnType<typeof auditFilterOf>;
type Row = Awaited<ReturnType<typeof exportAuditPage>>['rows'][number];

const columns: Record<string, (row: Row) => string | number | null> = {
  id: (row) => row.id,
  time_utc: (row) => row.at,
  actor_type: (row) => row.actorType,
  actor: (row) => row.actorName,
  actor_id: (row) => row.actorId,
  action: (row) => row.action,
  resource_type: (row) => row.resourceType,
  resource_id: (row) => row.resourceId,
  outcome: (row) => row.outcome,
  reason: (row) => row.reason,
  before: (row) => row.before && JSON.stringify(row.before),
  after: (row) => row.after && JSON.stringify(row.after),
  ip_address: (row) => row.ip,
  user_agent: (row) => row.userAgent,
  request_id: (row) => row.requestId,
  reviewed_at: (row) => row.reviewed?.at ?? null,
  reviewed_by: (row) => row.reviewed?.by ?? null,
};

/** The entries that the page's filters name, as CSV; recorded before the first line leaves. */
export async function POST(request: Request) {
  const origin = originOf(request.headers);
  const { requestId } = origin;
  if (!isSameOrigin(request.headers)) return problem({ code: 'denied', detail: 'origin', requestId });
  try {
    const actor = await currentActor();
    if (!actor) return problem({ code: 'unauthenticated', requestId });
    const filter = auditFilterOf(Object.fromEntries(new URL(request.url).searchParams));
    const recorded = await exportAudit(actor, filter);
    if (!recorded.ok) return problem(recorded.error);
    const day = recorded.value.startedAt.slice(0, 10);
    return csvResponse(actor, `audit-trail-${day}.csv`, text(actor, filter));
  } catch (error) {
    return problem(failureOf(error, anonymousActor(origin), 'audit:export'));
  }
}

async function* text(actor: PersonActor, filter: Filter) {
  let cursor: string | undefined;
  for (let head = true; ; head = false) {
    const page = await exportAuditPage(actor, { ...filter, cursor, limit: 1000 });
    yield lines(page.rows, head);
    if (!page.next) return;
    cursor = page.next;
  }
}

/** RFC 4180; what a spreadsheet would take for a formula begins with an apostrophe. */
const lines = (rows: Row[], head: boolean): string => {
  const records = rows.map((row) => Object.values(columns).map((read) => read(row)));
  return stringify(head ? [Object.keys(columns), ...records] : records, {
    escape_formulas: true,
    record_delimiter: 'windows',
  });
};
