import { existsSync, readdirSync } from 'node:fs';
import type { z } from 'zod';
import type { Query } from '@/domain/operation';

export type AnyQuery = Query<z.ZodType, unknown>;

const isQuery = (value: unknown): value is AnyQuery =>
  typeof value === 'function' && (value as { kind?: string }).kind === 'query';

/** Every query that a page can ask, by its name, found from the files: what is added is measured. */
export const findQueries = async (): Promise<Map<string, AnyQuery>> => {
  const found = new Map<string, AnyQuery>();
  for (const entry of readdirSync('domain', { withFileTypes: true })) {
    if (!entry.isDirectory() || !existsSync(`domain/${entry.name}/queries.ts`)) continue;
    const module: Record<string, unknown> = await import(`../../domain/${entry.name}/queries.ts`);
    for (const value of Object.values(module)) if (isQuery(value)) found.set(value.operation, value);
  }
  return found;
};
