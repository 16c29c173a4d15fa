import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const alias = { '@': fileURLToPath(new URL('.', import.meta.url)).replace(/\/$/, '') };
const exclude = ['node_modules/**', '.next/**', '.vigil/**', 'e2e/**'];
/** They script incidents and look at the whole server, so nothing else may be at work on it. */
const alone = ['domain/activity/*.db.test.ts', 'domain/database/checks/*.db.test.ts'];

/** Database tests that bin/test --stack leaves out, each for its reason. */
const leftOut = [
  // They start, kill or make servers of their own: they mean the same wherever the others run.
  'db/pg-cron.db.test.ts',
  'domain/database/own-cluster.db.test.ts',
  'ingest/kill.db.test.ts',
  'ingest/outage.db.test.ts',
  'worker/stream-kill.db.test.ts',
  'cli/**',
  // Thousands of payments against their twin in TypeScript: long, and the same on every server.
  'domain/transactions/features.db.test.ts',
  'ingest/fuzz.db.test.ts',
];

export default defineConfig({
  resolve: { alias },
  test: {
    // Expected failures are part of many tests; their log lines would bury the results.
    env: { VIGIL_LOG_LEVEL: process.env.VIGIL_LOG_LEVEL ?? 'silent' },
    projects: [
      {
        resolve: { alias },
        test: {
          name: 'unit',
          maxWorkers: 2,
          // Importing the whole of a floor takes seconds on a busy machine.
          testTimeout: 30_000,
          hookTimeout: 60_000,
          include: ['**/*.test.{ts,tsx}'],
          exclude: [...exclude, '**/*.db.test.ts', '**/*.stack.test.ts'],
        },
      },
      {
        resolve: { alias },
        test: {
          name: 'db',
          include: ['**/*.db.test.ts'],
          exclude: [...exclude, ...alone, ...(process.env.VIGIL_TEST_POOLER ? leftOut : [])],
          globalSetup: ['db/testing-server.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          maxWorkers: 2,
        },
      },
      {
        resolve: { alias },
        test: {
          name: 'db-alone',
          include: alone,
          exclude,
          globalSetup: ['db/testing-server.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
      {
        resolve: { alias },
        test: {
          name: 'stack',
          include: ['**/*.stack.test.ts'],
          exclude,
          globalSetup: ['cli/stack/testing-stack.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          // One set of servers, whose only database with pg_cron and a subscriber all of them share.
          maxWorkers: 1,
        },
      },
    ],
  },
});
