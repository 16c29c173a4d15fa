import { sql } from 'drizzle-orm';
import { noInput, query } from '@/domain/operation';

/** A merchant or IP address whose sums are kept; `reads` answered since it is. */
export type KeptEntity = { entity: 'merchant' | 'ip'; key: string; reads: number };

export type FeatureCacheSummary = {
  at: string;
  /** How many entities are kept, and those read most. */
  kept: number;
  most: KeptEntity[];
  /** Sums in the table, by the planner's estimate, and its size with indexes. */
  rows: number;
  bytes: number;
};

const mostShown = 10;

/** What `feature_cache` holds; hits and misses over time are metrics (`pipeline.cache_hits`, `pipeline.cache_misses`). */
export const featureCacheSummary = query({
  name: 'feature-cache.summary',
  can: 'feature-cache:read',
  input: noInput,
  live: true,
  run: async ({ db }): Promise<FeatureCacheSummary> => {
    const rows = await db.execute<Record<string, unknown>>(sql`
      with kept as materialized (
        select cache_key, access_count from feature_cache
        where split_part(cache_key, ':', 2) = 'heavy' and expires_at > now())
      select t.bytes, t.rows, n.kept, m.entity, m.key, m.reads
      from (select pg_total_relation_size('feature_cache')::float8 as bytes, greatest(reltuples, 0)::float8 as rows
        from pg_class where oid = 'feature_cache'::regclass) t,
        (select count(*)::int as kept from kept) n
      left join (select split_part(cache_key, ':', 1) as entity,
          substring(cache_key from '^[^:]*:heavy:(.*)$') as key, access_count as reads
        from kept order by access_count desc, cache_key limit ${mostShown}) m on true
      order by m.reads desc nulls last, m.entity, m.key`);
    const [first] = rows;
    return {
      at: new Date().toISOString(),
      kept: Number(first?.kept ?? 0),
      most: rows
        .filter((row) => row.key !== null)
        .map((row) => ({
          entity: row.entity as KeptEntity['entity'],
          key: String(row.key),
          reads: Number(row.reads),
        })),
      rows: Number(first?.rows ?? 0),
      bytes: Number(first?.bytes ?? 0),
    };
  },
});
