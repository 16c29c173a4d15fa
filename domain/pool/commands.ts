import { AppError } from '@/domain/errors';
import { command } from '@/domain/operation';
import { testPoolInput } from './input';
import { runPoolTest } from './self-test';

/**
 * Tries what the pool keeps between statements and what it does not, on the console's own way to the server.
 * @throws AppError 'conflict' (`pool.not_used`) when the console does not come through a pool
 */
export const testPool = command({
  name: 'pool:test',
  can: 'pool:test',
  input: testPoolInput,
  topics: ['health'],
  prepare: async () => {
    if (process.env.VIGIL_POOLER !== '1') throw new AppError('conflict', { detail: 'pool.not_used' });
    return runPoolTest();
  },
  run: async ({ prepared }) => ({
    value: prepared,
    audit: {
      resourceType: 'pool',
      resourceId: 'self-test',
      after: {
        moved: prepared.moved,
        results: Object.fromEntries(prepared.results.map(({ feature, holds }) => [feature, holds])),
      },
    },
  }),
});
