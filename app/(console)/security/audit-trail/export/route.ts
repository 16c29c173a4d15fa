import { stringify } from 'csv-stringify/sync';
import { currentActor } from '@/app/_server/actor';
import { isSameOrigin, originOf } from '@/app/_server/request';
import { noStore, problem } from '@/app/_server/respond';
import { anonymousActor, type PersonActor } from '@/domain/actor';
import { exportAudit } from '@/domain/audit-trail/commands';
import { exportAuditPage } from '@/domain/audit-trail/queries';
import { log } from '@/domain/log';
import { failureOf } from '@/domain/operation';
import { stillLive } from '@/domain/sessions/live-session';
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
    return new Response(csv(actor, filter), {
      headers: {
        'Content-Type': 'text/csv; charset=utf-8',
        'Content-Disposition': `attachment; filename="audit-trail-${recorded.value.startedAt.slice(0, 10)}.csv"`,
        'Cache-Control': noStore,
      },
    });
  } catch (error) {
    return problem(failureOf(error, anonymousActor(origin), 'audit:export'));
  }
}

/** Pages of a thousand as the reader takes them; a session that ends meanwhile cuts the export off. */
function csv(actor: PersonActor, filter: Filter): ReadableStream<Uint8Array> {
  let cursor: string | undefined;
  let head = true;
  return new ReadableStream({
    async pull(controller) {
      try {
        if (!(await stillLive([actor.sessionId])).has(actor.sessionId))
          throw new Error('the session has ended');
        const page = await exportAuditPage(actor, { ...filter, cursor, limit: 1000 });
        controller.enqueue(new TextEncoder().encode(lines(page.rows, head)));
        head = false;
        if (page.next) cursor = page.next;
        else controller.close();
      } catch (error) {
        log.warn({ err: error, requestId: actor.requestId }, 'export stopped');
        controller.error(error);
      }
    },
  });
}

/** RFC 4180; what a spreadsheet would take for a formula begins with an apostrophe. */
const lines = (rows: Row[], head: boolean): string => {
  const records = rows.map((row) => Object.values(columns).map((read) => read(row)));
  return stringify(head ? [Object.keys(columns), ...records] : records, {
    escape_formulas: true,
    record_delimiter: 'windows',
  });
};
