import { originOf } from '@/app/_server/request';
import { json, problem } from '@/app/_server/respond';
import { databaseSql } from '@/db/client';

export const dynamic = 'force-dynamic';

/** Readiness: the console can reach its database. Says nothing else to whoever asks. */
export async function GET(request: Request) {
  const limit = new Promise<never>((_, reject) =>
    setTimeout(() => reject(new Error('timed out')), 3000).unref(),
  );
  try {
    await Promise.race([databaseSql()`select 1`, limit]);
    return json({ status: 'ok' });
  } catch {
    return problem({ code: 'unavailable', requestId: originOf(request.headers).requestId });
  }
}
