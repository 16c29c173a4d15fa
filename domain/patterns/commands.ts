import { sql } from 'drizzle-orm';
import type { z } from 'zod';
import type { Tx } from '@/db/client';
import { actorId } from '@/domain/actor';
import { changes } from '@/domain/audit';
import { AppError } from '@/domain/errors';
import { command } from '@/domain/operation';
import { createPatternInput, editPatternInput, mostPatterns, stepPatternInput } from './input';
import { type PatternRow, readPatterns } from './rows';

// What decides reads its rules and patterns again on this topic.
const topics = ['rules'] as const;
type Written = Omit<z.output<typeof createPatternInput>, 'name'>;

/** What a pattern says, flat and readable, for the audit trail. */
const factsOf = (pattern: Written): Record<string, unknown> => ({
  description: pattern.description || null,
  rules: pattern.rules
    .map(({ ruleId, weight }) => `R-${String(ruleId).padStart(3, '0')} × ${weight}`)
    .join(', '),
  reviewThreshold: pattern.reviewThreshold,
  blockThreshold: pattern.blockThreshold,
});

const refuseUnknownRules = async (tx: Tx, pattern: Written): Promise<void> => {
  const wanted = pattern.rules.map((rule) => rule.ruleId);
  const rows = await tx.execute<{ id: number }>(sql`select id from fraud_rules
    where id in (select value::int from jsonb_array_elements_text(${JSON.stringify(wanted)}::text::jsonb))`);
  const known = new Set(rows.map((row) => row.id));
  const at = wanted.findIndex((id) => !known.has(id));
  if (at >= 0)
    throw new AppError('invalid', { field: 'rules', issues: [{ field: 'rules', rule: 'no_such_rule' }] });
};

/** The pattern, locked, as the person saw it. @throws AppError `not_found`, `stale` when it was changed since. */
const lockPattern = async (tx: Tx, id: number, version: number): Promise<PatternRow> => {
  const [found] = await tx.execute(sql`select id from fraud_patterns where id = ${id} for update`);
  const [pattern] = found ? await readPatterns(tx, sql`p.id = ${id}`) : [];
  if (!pattern) throw new AppError('not_found', { field: 'id' });
  if (pattern.version !== version)
    throw new AppError('stale', { detail: 'pattern.version_changed', values: { version: pattern.version } });
  return pattern;
};

/** Makes a pattern; it decides nothing until it is activated. */
export const createPattern = command({
  name: 'pattern:create',
  can: 'pattern:create',
  input: createPatternInput,
  topics,
  run: async ({ tx, actor, input }) => {
    // One creation at a time, so that two people cannot take the same name.
    await tx.execute(sql`select pg_advisory_xact_lock(hashtext('pattern:create'))`);
    const [there] = await tx.execute<{ all: number; taken: boolean }>(sql`select count(*)::int as "all",
      coalesce(bool_or(lower(pattern_name) = lower(${input.name})), false) as taken from fraud_patterns`);
    if (there?.taken)
      throw new AppError('invalid', { field: 'name', issues: [{ field: 'name', rule: 'pattern_taken' }] });
    if ((there?.all ?? 0) >= mostPatterns)
      throw new AppError('conflict', { detail: 'pattern.too_many', values: { most: mostPatterns } });
    await refuseUnknownRules(tx, input);
    const [row] = await tx.execute<{ id: number }>(sql`
      insert into fraud_patterns (pattern_name, description, rules, review_threshold, block_threshold, created_by)
      values (${input.name}, ${input.description || null}, ${JSON.stringify(input.rules)}::text::jsonb,
        ${input.reviewThreshold}, ${input.blockThreshold}, ${actorId(actor)}) returning id`);
    const id = row!.id;
    return {
      value: { id, name: input.name, version: 1 },
      audit: {
        resourceType: 'pattern',
        resourceId: id,
        before: null,
        after: { name: input.name, version: 1, active: false, ...factsOf(input) },
      },
    };
  },
});

/** Changes what a pattern weighs and asks for; an active one decides by it within seconds. */
export const editPattern = command({
  name: 'pattern:edit',
  can: 'pattern:edit',
  input: editPatternInput,
  topics,
  run: async ({ tx, input }) => {
    const { id, version, reason, ...written } = input;
    const before = await lockPattern(tx, id, version);
    await refuseUnknownRules(tx, written);
    const changed = changes(factsOf(before), factsOf(written));
    if (Object.keys(changed.after).length === 0)
      throw new AppError('conflict', { detail: 'pattern.unchanged' });
    await tx.execute(sql`update fraud_patterns set description = ${written.description || null},
      rules = ${JSON.stringify(written.rules)}::text::jsonb, review_threshold = ${written.reviewThreshold},
      block_threshold = ${written.blockThreshold}, version = version + 1, updated_at = clock_timestamp() where id = ${id}`);
    return {
      value: { id, version: version + 1, ...written },
      audit: {
        resourceType: 'pattern',
        resourceId: id,
        reason,
        before: { version, ...changed.before },
        after: { version: version + 1, ...changed.after },
      },
    };
  },
});

const step = (name: 'pattern:activate' | 'pattern:pause', active: boolean) =>
  command({
    name,
    can: name,
    input: stepPatternInput,
    topics,
    run: async ({ tx, input }) => {
      const before = await lockPattern(tx, input.id, input.version);
      if (before.active === active)
        throw new AppError('conflict', { detail: active ? 'pattern.active' : 'pattern.paused' });
      await tx.execute(sql`update fraud_patterns set is_active = ${active}, version = version + 1,
        updated_at = clock_timestamp() where id = ${input.id}`);
      return {
        value: { id: input.id, version: input.version + 1, active },
        audit: {
          resourceType: 'pattern',
          resourceId: input.id,
          reason: input.reason,
          before: { version: input.version, active: before.active },
          after: { version: input.version + 1, active },
        },
      };
    },
  });

/** Lets a pattern decide. */
export const activatePattern = step('pattern:activate', true);

/** Stops a pattern; what it found stays. */
export const pausePattern = step('pattern:pause', false);
