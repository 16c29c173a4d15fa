import type { PersonActor } from '@/domain/actor';
import { log } from '@/domain/log';
import { stillLive } from '@/domain/sessions/live-session';
import { noStore } from './respond';

/**
 * A CSV file page by page, as its reader takes it; a session that ends meanwhile cuts it off.
 * @param pages text of the file, its head first
 */
export const csvResponse = (
  actor: PersonActor,
  filename: string,
  pages: AsyncGenerator<string, void, undefined>,
): Response => {
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        if (!(await stillLive([actor.sessionId])).has(actor.sessionId))
          throw new Error('the session has ended');
        const next = await pages.next();
        if (next.done) controller.close();
        else controller.enqueue(encoder.encode(next.value));
      } catch (error) {
        log.warn({ err: error, requestId: actor.requestId }, 'export stopped');
        controller.error(error);
      }
    },
    async cancel() {
      await pages.return(undefined);
    },
  });
  return new Response(body, {
    headers: {
      'Content-Type': 'text/csv; charset=utf-8',
      'Content-Disposition': `attachment; filename="${filename}"`,
      'Cache-Control': noStore,
    },
  });
};
