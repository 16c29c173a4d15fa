import { watchingActor } from '@/app/_server/actor';
import { liveQueries } from '@/app/_server/live-queries';
import { originOf } from '@/app/_server/request';
import { json, problem, problemOf } from '@/app/_server/respond';
import { anonymousActor } from '@/domain/actor';
import { AppError } from '@/domain/errors';
import { failureOf } from '@/domain/operation';

type Context = { params: Promise<{ name: string }> };

const longest = 16_000;

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** The same rows that a page was rendered from, for a panel that keeps itself fresh. */
export async function GET(request: Request, { params }: Context) {
  const { requestId } = originOf(request.headers);
  try {
    const actor = await watchingActor();
    if (!actor) return problem({ code: 'unauthenticated', requestId });
    const query = liveQueries.get((await params).name);
    if (!query) return problem({ code: 'not_found', requestId });
    const text = new URL(request.url).searchParams.get('input') ?? '{}';
    const input = text.length > longest ? undefined : parse(text);
    if (input === undefined) return problem({ code: 'invalid', field: 'input', requestId });
    return json(await query(actor, input));
  } catch (error) {
    return error instanceof AppError
      ? problemOf(error, requestId)
      : problem(failureOf(error, anonymousActor(originOf(request.headers)), 'live.query'));
  }
}
