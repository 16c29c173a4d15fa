import { sql } from 'drizzle-orm';
import type { z } from 'zod';
import type { Tx } from '@/db/client';
import { type Actor, actorId } from '@/domain/actor';
import { changes } from '@/domain/audit';
import { AppError } from '@/domain/errors';
import { command } from '@/domain/operation';
import {
  activateRuleInput,
  createRuleInput,
  discardDraftInput,
  editRuleInput,
  type RuleState,
  stepRuleInput,
} from './input';
import { headOf, type RuleVersionRow, versionFacts } from './version-facts';
import { lockRule, mirrorRule, readVersions } from './versions';

export type RuleChange = {
  ruleId: number;
  versionId: number;
  version: number;
  revision: number;
  state: RuleState;
};

const topics = ['rules'] as const;
type Written = z.output<typeof createRuleInput>;

const changeOf = (v: RuleVersionRow): RuleChange => ({
  ruleId: v.ruleId,
  versionId: v.versionId,
  version: v.version,
  revision: v.revision,
  state: v.state,
});

/** Names are unique over all rules, whatever case and version they stand in. */
async function refuseTakenName(tx: Tx, name: string, ruleId: number | null): Promise<void> {
  const [other] = await tx.execute(sql`
    select 1 from fraud_rules r where lower(r.rule_name) = lower(${name}) and r.id is distinct from ${ruleId}
    union all
    select 1 from rule_versions v where lower(v.rule_name) = lower(${name}) and v.rule_id is distinct from ${ruleId}
      and v.state <> 'retired' limit 1`);
  if (other)
    throw new AppError('invalid', { field: 'name', issues: [{ field: 'name', rule: 'name_taken' }] });
}

async function insertVersion(
  tx: Tx,
  actor: Actor,
  at: { ruleId: number; version: number },
  rule: Written & { reasonCode: string },
): Promise<RuleVersionRow> {
  const [row] = await tx.execute<{ id: number }>(sql`
    insert into rule_versions (rule_id, version, rule_name, rule_type, description, conditions, actions, priority,
      reason_code, created_by, state_by)
    values (${at.ruleId}, ${at.version}, ${rule.name}, ${rule.type}, ${rule.description},
      ${JSON.stringify(rule.conditions)}::jsonb, ${JSON.stringify(rule.actions)}::jsonb, ${rule.priority},
      ${rule.reasonCode}, ${actorId(actor)}, ${actorId(actor)})
    returning id`);
  const [version] = await readVersions(tx, sql`v.id = ${row!.id}`);
  return version!;
}

/** Makes a rule whose first version is a draft; it decides nothing until it is activated. */
export const createRule = command({
  name: 'rule:create',
  can: 'rule:create',
  input: createRuleInput,
  topics,
  run: async ({ tx, actor, input }) => {
    // One creation at a time, so that two people cannot take the same name.
    await tx.execute(sql`select pg_advisory_xact_lock(hashtext('rule:create'))`);
    await refuseTakenName(tx, input.name, null);
    const [rule] = await tx.execute<{ id: number }>(sql`
      insert into fraud_rules (rule_name, rule_type, conditions, actions, priority, is_active, created_by)
      values (${input.name}, ${input.type}, ${JSON.stringify(input.conditions)}::jsonb,
        ${JSON.stringify(input.actions)}::jsonb, ${input.priority}, false, ${actorId(actor)})
      returning id`);
    const ruleId = rule!.id;
    const made = await insertVersion(tx, actor, { ruleId, version: 1 }, { ...input, reasonCode: 'rule' });
    return {
      value: changeOf(made),
      audit: {
        resourceType: 'rule',
        resourceId: ruleId,
        before: null,
        after: { version: 1, state: 'draft', ...versionFacts(made) },
      },
    };
  },
});

/**
 * Saves an edit: into the draft if there is one, else as a new draft above the newest version. What decides now is
 * not touched. Refuses with `stale` when somebody saved since the editor was opened.
 */
export const editRule = command({
  name: 'rule:edit',
  can: 'rule:edit',
  input: editRuleInput,
  topics,
  run: async ({ tx, actor, input }) => {
    const { ruleId, basedOn, ...written } = input;
    const versions = await lockRule(tx, ruleId);
    const base = headOf(versions);
    if (base.versionId !== basedOn.versionId || base.revision !== basedOn.revision)
      throw new AppError('stale', {
        detail: 'rule.version_changed',
        values: { name: base.createdByName, version: base.version },
      });
    await refuseTakenName(tx, written.name, ruleId);
    const rule = { ...written, reasonCode: written.reasonCode ?? base.reasonCode };
    const saved =
      base.state === 'draft'
        ? await updateDraft(tx, base, rule)
        : await insertVersion(tx, actor, { ruleId, version: versions[0]!.version + 1 }, rule);
    await mirrorRule(tx, ruleId);
    const changed = changes(versionFacts(base), versionFacts(saved));
    return {
      value: changeOf(saved),
      audit: {
        resourceType: 'rule',
        resourceId: ruleId,
        before: { version: base.version, ...changed.before },
        after: { version: saved.version, ...changed.after },
      },
    };
  },
});

async function updateDraft(
  tx: Tx,
  draft: RuleVersionRow,
  rule: Written & { reasonCode: string },
): Promise<RuleVersionRow> {
  await tx.execute(sql`
    update rule_versions set rule_name = ${rule.name}, rule_type = ${rule.type}, description = ${rule.description},
      conditions = ${JSON.stringify(rule.conditions)}::jsonb, actions = ${JSON.stringify(rule.actions)}::jsonb,
      priority = ${rule.priority}, reason_code = ${rule.reasonCode}, revision = revision + 1, updated_at = now()
    where id = ${draft.versionId}`);
  const [version] = await readVersions(tx, sql`v.id = ${draft.versionId}`);
  return version!;
}

async function setState(
  tx: Tx,
  actor: Actor,
  version: RuleVersionRow,
  state: RuleState,
  note: string | null,
): Promise<void> {
  await tx.execute(sql`
    update rule_versions set state = ${state}, state_by = ${actorId(actor)}, state_at = now(), state_note = ${note},
      updated_at = now() where id = ${version.versionId}`);
}

/** The version that a step is about, in one of the states from which the step leads; else `conflict`. */
function versionInState(
  versions: RuleVersionRow[],
  versionId: number,
  states: readonly RuleState[],
): RuleVersionRow {
  const version = versions.find((v) => v.versionId === versionId);
  if (!version) throw new AppError('not_found', { field: 'versionId' });
  if (!states.includes(version.state))
    throw new AppError('conflict', { detail: 'rule.state_changed', values: { state: version.state } });
  return version;
}

/** Makes a draft live; the version that was live or paused until now is retired. */
export const activateRule = command({
  name: 'rule:activate',
  can: 'rule:activate',
  input: activateRuleInput,
  topics,
  run: async ({ tx, actor, input }) => {
    const versions = await lockRule(tx, input.ruleId);
    const draft = versionInState(versions, input.versionId, ['draft']);
    if (draft.revision !== input.revision)
      throw new AppError('stale', {
        detail: 'rule.version_changed',
        values: { name: draft.createdByName, version: draft.version },
      });
    await refuseTakenName(tx, draft.name, input.ruleId);
    const earlier = versions.find((v) => v.state === 'live' || v.state === 'paused');
    if (earlier) await setState(tx, actor, earlier, 'retired', input.reason);
    await setState(tx, actor, draft, 'live', input.reason);
    await mirrorRule(tx, input.ruleId);
    const facts = changes(earlier ? versionFacts(earlier) : {}, versionFacts(draft));
    return {
      value: { ...changeOf(draft), state: 'live' as RuleState },
      audit: {
        resourceType: 'rule',
        resourceId: input.ruleId,
        reason: input.reason,
        before: earlier
          ? { version: earlier.version, state: earlier.state, ...facts.before }
          : { state: 'draft' },
        after: { version: draft.version, state: 'live', ...facts.after },
      },
    };
  },
});

type Step = {
  name: 'rule:pause' | 'rule:resume' | 'rule:retire';
  from: readonly RuleState[];
  to: RuleState;
};

/** A command that moves one version from one state to another. */
const step = ({ name, from, to }: Step) =>
  command({
    name,
    can: name,
    input: stepRuleInput,
    topics,
    run: async ({ tx, actor, input }) => {
      const version = versionInState(await lockRule(tx, input.ruleId), input.versionId, from);
      await setState(tx, actor, version, to, input.reason);
      await mirrorRule(tx, input.ruleId);
      return {
        value: { ...changeOf(version), state: to },
        audit: {
          resourceType: 'rule',
          resourceId: input.ruleId,
          reason: input.reason,
          before: { version: version.version, state: version.state },
          after: { version: version.version, state: to },
        },
      };
    },
  });

/** Stops a live rule; its version and its hits stay, and it can be resumed. */
export const pauseRule = step({ name: 'rule:pause', from: ['live'], to: 'paused' });

/** Lets a paused rule decide again. */
export const resumeRule = step({ name: 'rule:resume', from: ['paused'], to: 'live' });

/** Ends a live or paused rule; a later edit makes a new draft. */
export const retireRule = step({ name: 'rule:retire', from: ['live', 'paused'], to: 'retired' });

/** Gives a draft up: it stays among the versions as retired, and what decides now is not touched. */
export const discardDraft = command({
  name: 'rule:discard',
  can: 'rule:discard',
  input: discardDraftInput,
  topics,
  run: async ({ tx, actor, input }) => {
    const draft = versionInState(await lockRule(tx, input.ruleId), input.versionId, ['draft']);
    await setState(tx, actor, draft, 'retired', null);
    await mirrorRule(tx, input.ruleId);
    return {
      value: { ...changeOf(draft), state: 'retired' as RuleState },
      audit: {
        resourceType: 'rule',
        resourceId: input.ruleId,
        before: { version: draft.version, state: 'draft', ...versionFacts(draft) },
        after: { version: draft.version, state: 'retired' },
      },
    };
  },
});
