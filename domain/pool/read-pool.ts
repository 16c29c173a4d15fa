import type { Sql } from 'postgres';
import { openPooler } from '@/db/client';
import { type PoolReading, type Row, readingOf, type Shown } from './reading';

/** PgBouncer answers from memory: one that does not within this time is stopped or out of reach. */
const patienceMs = 3_000;

const commands = {
  version: 'SHOW VERSION',
  pools: 'SHOW POOLS',
  stats: 'SHOW STATS',
  databases: 'SHOW DATABASES',
  config: 'SHOW CONFIG',
  clients: 'SHOW CLIENTS',
} as const satisfies Record<keyof Shown, string>;

const ask = async (sql: Sql): Promise<Shown> => {
  const answers: [string, Row[]][] = [];
  for (const [name, command] of Object.entries(commands))
    answers.push([name, [...(await sql.unsafe(command).simple())]]);
  return Object.fromEntries(answers) as Shown;
};

/**
 * What PgBouncer says about its pools now; null where none is set up (VIGIL_POOLER_ADMIN_URL).
 * @throws when it does not answer within three seconds, or refuses the login
 */
export const readPool = async (): Promise<PoolReading | null> => {
  const sql = openPooler();
  if (!sql) return null;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(Object.assign(new Error('PgBouncer does not answer'), { code: 'ETIMEDOUT' })),
      patienceMs,
    );
  });
  try {
    return readingOf(await Promise.race([ask(sql), late]));
  } finally {
    clearTimeout(timer);
  }
};
