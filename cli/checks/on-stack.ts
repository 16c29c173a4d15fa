import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ensurePackages } from '../stack/packages';
import { startServers } from '../stack/servers';
import type { Count } from './run';

/** Runs the tests of these projects, or those of these files and folders. */
export type Vitest = (
  name: string,
  projects: string[],
  env?: Record<string, string>,
  paths?: string[],
) => Promise<Count>;

/** Runs `use` with the servers of production, which end with it and leave nothing. */
export async function withServers(use: (env: Record<string, string>) => Promise<void>): Promise<void> {
  await ensurePackages();
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'vigil-stack-'));
  const undo: (() => unknown)[] = [() => fs.rmSync(dir, { recursive: true, force: true })];
  try {
    const passwordFile = path.join(dir, 'roles.json');
    const { primary, pooler } = await startServers({ dir, passwordFile, durable: false }, undo);
    await use({
      VIGIL_TEST_STACK: dir,
      VIGIL_TEST_DATABASE_URL: primary.url,
      VIGIL_TEST_POOLER: pooler.host,
      VIGIL_TEST_PASSWORD_FILE: passwordFile,
      // As web and worker run there: nothing prepared.
      VIGIL_POOLER: '1',
    });
  } finally {
    for (const one of undo.reverse()) await one();
  }
}

/** The database tests, with the web's and the worker's connections through PgBouncer; vitest.config.ts leaves out what means nothing there. */
export const databaseTests = (vitest: Vitest, env: Record<string, string>): Promise<Count> =>
  vitest('stack-db', ['db*'], env);

/** What only these servers can show: pg_cron, pgvector, the pool, the standby and the subscriber. */
export const stackTests = (vitest: Vitest, env: Record<string, string>): Promise<Count> =>
  vitest('stack', ['stack'], env);
