import { sql } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { type Actor, actorId } from '@/domain/actor';
import type { AuditEntry } from '@/domain/audit';
import { AppError, fieldIssues } from '@/domain/errors';
import { command } from '@/domain/operation';
import { type SettingKey, settings } from './catalogue';
import { crossCheck } from './cross-checks';
import { changeSettingInput, resetSettingInput, settingKeys } from './input';
import { canonical } from './queries';
import { readSettings } from './read';

type Change = { key: SettingKey; value: unknown; reason: string; version: string | null };

/** The stored row, locked: one change of settings at a time, since they are checked against each other. */
const lockSetting = async (tx: Tx, key: SettingKey) => {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtext('vigil.settings'))`);
  const [row] = await tx.execute(
    sql`select updated_at::text as version, updated_by from system_config where config_key = ${key}`,
  );
  return { version: row ? String(row.version) : null, by: row ? String(row.updated_by) : '' };
};

const parseValue = (key: SettingKey, value: unknown): unknown => {
  const parsed = settings[key].schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issues = fieldIssues(parsed.error).map((issue) => ({
    ...issue,
    field: issue.field ? `value.${issue.field}` : 'value',
  }));
  throw new AppError('invalid', { field: 'value', issues });
};

const store = async (tx: Tx, actor: Actor, key: SettingKey, value: unknown): Promise<string> => {
  const [row] = await tx.execute(sql`
    insert into system_config (config_key, config_value, description, updated_by, updated_at)
    values (${key}, ${JSON.stringify(value)}::text::jsonb, ${settings[key].description}, ${actorId(actor)}, clock_timestamp())
    on conflict (config_key) do update set config_value = excluded.config_value, updated_by = excluded.updated_by,
      updated_at = excluded.updated_at
    returning updated_at::text as version`);
  return String(row?.version);
};

/** A new base currency makes every stored sum mean something else: only before the first payment. */
const refuseBaseInUse = async (tx: Tx): Promise<void> => {
  const [row] = await tx.execute(sql`select exists (select from transactions_all) as used`);
  if (row?.used === true)
    throw new AppError('conflict', {
      detail: 'setting.base_in_use',
      field: 'value',
      issues: [{ field: 'value', rule: 'base_in_use' }],
    });
};

/** The rates in another base currency: each divided by the new base's rate. */
const rebased = (rates: Record<string, number>, base: string): Record<string, number> => {
  const unit = rates[base];
  if (!unit) throw new AppError('invalid', { field: 'value', issues: [{ field: 'value', rule: 'no_rate' }] });
  return Object.fromEntries(
    Object.entries(rates).map(([currency, rate]) => [currency, Number((rate / unit).toPrecision(8))]),
  );
};

const change = async (tx: Tx, actor: Actor, input: Change) => {
  const { key, reason } = input;
  const stored = await lockSetting(tx, key);
  if (stored.version !== input.version) throw new AppError('stale', { detail: 'setting.changed_meanwhile' });
  const values = await readSettings(tx, settingKeys);
  const before = values[key];
  const value = parseValue(key, input.value);
  if (canonical(before) === canonical(value))
    throw new AppError('conflict', {
      detail: 'setting.unchanged',
      field: 'value',
      issues: [{ field: 'value', rule: 'unchanged' }],
    });
  const after = { ...values, [key]: value };
  const audit: AuditEntry[] = [entry(key, before, value, reason)];
  if (key === 'currency.base') {
    await refuseBaseInUse(tx);
    after['currency.rates'] = rebased(values['currency.rates'], after['currency.base']);
    await store(tx, actor, 'currency.rates', after['currency.rates']);
    audit.push(entry('currency.rates', values['currency.rates'], after['currency.rates'], reason));
  }
  const issue = crossCheck(key, after);
  if (issue) throw new AppError('invalid', { field: issue.field, issues: [issue] });
  return { value: { key, version: await store(tx, actor, key, value) }, audit };
};

const entry = (key: SettingKey, before: unknown, after: unknown, reason: string): AuditEntry => ({
  resourceType: 'setting',
  resourceId: key,
  before: { value: before },
  after: { value: after },
  reason,
});

/**
 * Changes one setting. The value must fit the catalogue and the settings beside it.
 * @throws AppError 'invalid' (field `value…` or `reason`), 'conflict' (`setting.unchanged`, `setting.base_in_use`),
 *   'stale' when somebody changed it since it was read
 */
export const changeSetting = command({
  name: 'setting:change',
  can: 'setting:change',
  input: changeSettingInput,
  topics: ['config'],
  run: async ({ tx, actor, input }) => change(tx, actor, input),
});

/** Gives a setting its initial value again; fails like changeSetting. */
export const resetSetting = command({
  name: 'setting:reset',
  can: 'setting:change',
  input: resetSettingInput,
  topics: ['config'],
  run: async ({ tx, actor, input }) => change(tx, actor, { ...input, value: settings[input.key].initial }),
});
