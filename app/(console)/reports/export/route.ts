import { currentActor } from '@/app/_server/actor';
import { csvResponse } from '@/app/_server/csv-response';
import { isSameOrigin, originOf } from '@/app/_server/request';
import { problem } from '@/app/_server/respond';
import { readParams } from '@/app/_server/search-params';
import { csvLine } from '@/components/csv';
import { anonymousActor, type PersonActor } from '@/domain/actor';
import { failureOf } from '@/domain/operation';
import { exportAnalysts, exportDays, exportMerchants, exportRules } from '@/domain/reports/commands';
import { type ReportName, reportNames } from '@/domain/reports/input';
import type { AskedPeriods } from '@/domain/reports/period';
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
    return csvResponse(actor, `vigil-${report}-${period.from}-${period.to}.csv`, text(actor, report, asked));
  } catch (error) {
    return problem(failureOf(error, anonymousActor(origin), 'report:export'));
  }
}

async function* text(actor: PersonActor, report: ReportName, asked: AskedPeriods) {
  let head = '\ufeff';
  for await (const page of reportFiles[report](actor, asked)) {
    yield head + page.map(csvLine).join('');
    head = '';
  }
}
