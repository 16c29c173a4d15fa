import { currentActor } from '@/app/_server/actor';
import { isSameOrigin, originOf } from '@/app/_server/request';
import { noStore, problem } from '@/app/_server/respond';
import { readParams } from '@/app/_server/search-params';
import { csvLine } from '@/components/csv';
import { anonymousActor, type PersonActor } from '@/domain/actor';
import { log } from '@/domain/log';
import { failureOf } from '@/domain/operation';
import { exportAnalysts, exportDays, exportMerchants, exportRules } from '@/domain/reports/commands';
import { type ReportName, reportNames } from '@/domain/reports/input';
import type { AskedPeriods } from '@/domain/reports/period';
import { stillLive } from '@/domain/sessions/live-session';
import { reportSearch } from '../report-search';
import { reportFiles } from './files';

const commands = {
  days: exportDays,
  merchants: exportMerchants,
  rules: exportRules,
  analysts: exportAnalysts,
} satisfies Record<ReportName, unknown>;

/** One report of the address's periods as CSV; recorded before the first line leaves. */
export async function POST(request: Request): Promise<Response> {
  const origin = originOf(request.headers);
  const { requestId } = origin;
  if (!isSameOrigin(request.headers)) return problem({ code: 'denied', detail: 'origin', requestId });
  try {
    const actor = await currentActor();
    if (!actor) return problem({ code: 'unauthenticated', requestId });
    const given = Object.fromEntries(new URL(request.url).searchParams);
    const params = await readParams(Promise.resolve(given));
    const report = reportNames.find((name) => name === (params.report ?? 'days'));
    if (!report) return problem({ code: 'invalid', field: 'report', requestId });
    const recorded = await commands[report](actor, reportSearch(params).periods);
    if (!recorded.ok) return problem(recorded.error);
    const { period, against } = recorded.value;
    const asked = { ...period, againstFrom: against.from, againstTo: against.to };
    return new Response(csv(actor, report, asked), {
      headers: {
        'Content-Type': 'text/csv; charset=utf-8',
        'Content-Disposition': `attachment; filename="vigil-${report}-${period.from}-${period.to}.csv"`,
        'Cache-Control': noStore,
      },
    });
  } catch (error) {
    return problem(failureOf(error, anonymousActor(origin), 'report:export'));
  }
}

/** Pages as the reader takes them; a session that ends meanwhile cuts the file off. */
function csv(actor: PersonActor, report: ReportName, asked: AskedPeriods): ReadableStream<Uint8Array> {
  const pages = reportFiles[report](actor, asked);
  const encoder = new TextEncoder();
  let head = '\ufeff';
  return new ReadableStream({
    async pull(controller) {
      try {
        if (!(await stillLive([actor.sessionId])).has(actor.sessionId))
          throw new Error('the session has ended');
        const next = await pages.next();
        if (next.done) return controller.close();
        controller.enqueue(encoder.encode(head + next.value.map(csvLine).join('')));
        head = '';
      } catch (error) {
        log.warn({ err: error, requestId: actor.requestId }, 'export stopped');
        controller.error(error);
      }
    },
    async cancel() {
      await pages.return(undefined);
    },
  });
}
