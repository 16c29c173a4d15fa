import { type SQL, sql } from 'drizzle-orm';
import type { Db, Tx } from '@/db/client';

/** A typology: rules with weights. It asks for review, or blocks, when the weights of those that fired reach a threshold. */
export type PatternRow = {
  id: number;
  name: string;
  version: number;
  active: boolean;
  description: string;
  rules: { ruleId: number; weight: number }[];
  reviewThreshold: number;
  blockThreshold: number;
  updatedAt: string;
};

export const readPatterns = async (db: Db | Tx, where: SQL): Promise<PatternRow[]> => {
  const rows = await db.execute<PatternRow>(sql`
    select p.id, p.pattern_name as name, p.version, p.is_active as active, coalesce(p.description, '') as description, p.rules,
      p.review_threshold::float8 as "reviewThreshold", p.block_threshold::float8 as "blockThreshold", p.updated_at::text as "updatedAt"
    from fraud_patterns p where ${where} order by p.is_active desc, lower(p.pattern_name) limit 200`);
  return rows.map((row) => ({ ...row, updatedAt: new Date(row.updatedAt).toISOString() }));
};
