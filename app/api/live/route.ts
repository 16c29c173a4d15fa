import { watchingActor } from '@/app/_server/actor';
import { join } from '@/app/_server/live-hub';
import { originOf } from '@/app/_server/request';
import { problem } from '@/app/_server/respond';
import { anonymousActor } from '@/domain/actor';
import { failureOf } from '@/domain/operation';

export const dynamic = 'force-dynamic';

const headers = {
  'Content-Type': 'text/event-stream; charset=utf-8',
  'Cache-Control': 'private, no-store, no-transform',
  'X-Accel-Buffering': 'no',
};

// A reader this far behind has gone or stopped; it reads everything again when it comes back.
const mostWaiting = 64;

/** Which topics changed, as server-sent events: `data: ["alerts"]`; `event: ended` before the end of a session. */
export async function GET(request: Request) {
  const origin = originOf(request.headers);
  try {
    const actor = await watchingActor();
    if (!actor) return problem({ code: 'unauthenticated', requestId: origin.requestId });
    const { stream, leave } = await open(actor, request.signal);
    if (!leave) return problem({ code: 'too_many', detail: 'streams', requestId: origin.requestId });
    return new Response(stream, { headers });
  } catch (error) {
    return problem(failureOf(error, anonymousActor(origin), 'live'));
  }
}

async function open(person: { userId: string; sessionId: string }, signal: AbortSignal) {
  const encoder = new TextEncoder();
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  let leave: (() => void) | null = null;
  let beat: ReturnType<typeof setInterval> | undefined;
  const finish = () => {
    clearInterval(beat);
    leave?.();
    const closing = controller;
    controller = undefined;
    try {
      closing?.close();
    } catch {
      // the browser was faster
    }
  };
  const write = (text: string) => {
    if (!controller) return;
    if ((controller.desiredSize ?? 0) < -mostWaiting) finish();
    else controller.enqueue(encoder.encode(text));
  };
  const stream = new ReadableStream<Uint8Array>({
    start: (given) => {
      controller = given;
    },
    cancel: finish,
  });
  write('retry: 2000\n: vigil\n\n');
  leave = await join({
    userId: person.userId,
    sessionId: person.sessionId,
    send: (topics) => write(`data: ${JSON.stringify(topics)}\n\n`),
    close: (why) => {
      if (why) write(`event: ended\ndata: "${why}"\n\n`);
      finish();
    },
  });
  if (leave) {
    beat = setInterval(() => write(': still here\n\n'), 15_000);
    signal.addEventListener('abort', finish, { once: true });
  }
  return { stream, leave };
}
