import { pause } from '@/db/process-table';
import { StartError } from './settings';

const LIMIT_MS = 120_000;

/** Waits until this address answers 200; `hopeful` throws when waiting is of no use any more. */
export async function waitForAnswer(url: string, hopeful: () => void): Promise<void> {
  const end = Date.now() + LIMIT_MS;
  let last = 'no answer';
  while (Date.now() < end) {
    hopeful();
    try {
      const answer = await fetch(url, { signal: AbortSignal.timeout(10_000) });
      if (answer.ok) return;
      last = `${answer.status} ${(await answer.text()).slice(0, 300)}`;
    } catch (error) {
      last = (error as Error).cause ? String((error as Error).cause) : String(error);
    }
    await pause(150);
  }
  throw new StartError(`${url} did not answer within ${LIMIT_MS / 1000} s; the last answer was: ${last}`);
}
