import postgres from 'postgres';
import { doubledCharges } from '@/db/seed/report';

const pauseMs = 60_000;

/**
 * Asks for the report again and again, a minute after it was answered, as the login with which people read.
 * @returns ends it
 */
export const askForReport = (url: string): (() => Promise<void>) => {
  const sql = postgres(url, {
    max: 1,
    prepare: false,
    connection: { application_name: 'finance-report' },
  });
  let timer: NodeJS.Timeout | undefined;
  let ended = false;
  const ask = async () => {
    await sql.unsafe(doubledCharges).catch((error: Error) => {
      if (!ended) console.error(`the report was not made: ${error.message}`);
    });
    if (!ended) timer = setTimeout(ask, pauseMs);
  };
  void ask();
  return async () => {
    ended = true;
    clearTimeout(timer);
    await sql.end({ timeout: 1 });
  };
};
