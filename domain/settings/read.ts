import { inArray, sql } from 'drizzle-orm';
import type { Db, Tx } from '@/db/client';
import { systemConfig } from '@/db/schema';
import { type SettingKey, type SettingValue, settings } from './catalogue';

/**
 * The present values of some settings, for use inside other operations; a missing or unreadable row gives the
 * initial value.
 */
export const readSettings = async <K extends SettingKey>(
  db: Db | Tx,
  keys: readonly K[],
): Promise<{ [P in K]: SettingValue<P> }> => {
  const rows = await db
    .select({ key: systemConfig.configKey, value: systemConfig.configValue })
    .from(systemConfig)
    .where(inArray(systemConfig.configKey, [...keys]));
  const stored = new Map(rows.map((row) => [row.key, row.value]));
  const entries = keys.map((key) => {
    const parsed = settings[key].schema.safeParse(stored.get(key));
    return [key, parsed.success ? parsed.data : settings[key].initial];
  });
  return Object.fromEntries(entries) as { [P in K]: SettingValue<P> };
};

export const readSetting = async <K extends SettingKey>(db: Db | Tx, key: K): Promise<SettingValue<K>> =>
  (await readSettings(db, [key]))[key];

/** Writes the rows that are missing; called at every start. */
export const seedSettings = async (db: Db | Tx): Promise<void> => {
  for (const [key, { initial, description }] of Object.entries(settings))
    await db.execute(sql`insert into system_config (config_key, config_value, description, updated_by)
      values (${key}, ${JSON.stringify(initial)}::jsonb, ${description}, 'vigil')
      on conflict (config_key) do update set description = excluded.description`);
};
