import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { allows } from '@/domain/actor';
import { decodeCursor, encodeCursor, type Page } from '@/domain/cursor';
import { noInput, query } from '@/domain/operation';
import { type Setting, type SettingKey, settings } from './catalogue';
import { settingHistoryInput } from './input';

export type SettingRow = {
  key: SettingKey;
  area: Setting['area'];
  unit: Setting['unit'] | null;
  value: unknown;
  initial: unknown;
  /** True when the value is not the initial one. */
  changed: boolean;
  /** Goes back with a change, so that nobody overwrites what they have not seen. */
  version: string | null;
  updatedAt: string | null;
  /** Name of the person, or `vigil`. */
  updatedBy: string | null;
};

export type SettingList = { rows: SettingRow[]; mayChange: boolean };

/** Text by which two JSON values can be compared: PostgreSQL gives the names of an object in an order of its own. */
export const canonical = (value: unknown): string =>
  JSON.stringify(value, (_name, part: unknown) =>
    part && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );

/** Every setting of the catalogue in its order, with its present and its initial value. */
export const listSettings = query({
  name: 'setting.list',
  can: 'setting:read',
  input: noInput,
  live: true,
  run: async ({ db, actor }): Promise<SettingList> => {
    const stored = await db.execute(sql`
      select c.config_key, c.config_value, c.updated_at::text as version, c.updated_by, u.name
      from system_config c left join console_users u on u.id::text = c.updated_by
      where not c.is_sensitive`);
    const byKey = new Map(stored.map((row) => [String(row.config_key), row]));
    const rows = (Object.entries(settings) as [SettingKey, Setting][]).map(([key, setting]): SettingRow => {
      const row = byKey.get(key);
      const parsed = setting.schema.safeParse(row?.config_value);
      const value: unknown = parsed.success ? parsed.data : setting.initial;
      const version = row ? String(row.version) : null;
      return {
        key,
        area: setting.area,
        unit: setting.unit ?? null,
        value,
        initial: setting.initial,
        changed: canonical(value) !== canonical(setting.initial),
        version,
        updatedAt: version && new Date(version).toISOString(),
        updatedBy: (row?.name ?? row?.updated_by ?? null) as string | null,
      };
    });
    return { rows, mayChange: allows(actor, 'setting:change') };
  },
});

export type SettingChange = {
  id: number;
  at: string;
  who: string;
  action: string;
  before: unknown;
  after: unknown;
  reason: string | null;
};

const historyCursor = z.tuple([z.iso.datetime(), z.number().int()]);
const historyPage = 20;

/** Who changed a setting, when, from what to what and why: newest first, from the audit trail. */
export const settingHistory = query({
  name: 'setting.history',
  can: 'setting:read',
  input: settingHistoryInput,
  live: true,
  run: async ({ db, input }): Promise<Page<SettingChange>> => {
    const after = input.cursor ? decodeCursor(historyCursor, input.cursor) : null;
    const rows = await db.execute(sql`
      select id::float8, to_char(timestamp at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at, actor_name, action,
        old_values -> 'value' as before, new_values -> 'value' as after, reason
      from audit_trail
      where resource_type = 'setting' and resource_id = ${input.key} and outcome = 'success'
        and ${after ? sql`(timestamp, id) < (${after[0]}::timestamptz, ${after[1]}::bigint)` : sql`true`}
      order by timestamp desc, id desc limit ${historyPage + 1}`);
    const shown = rows.slice(0, historyPage).map(
      (row): SettingChange => ({
        id: Number(row.id),
        at: String(row.at),
        who: String(row.actor_name),
        action: String(row.action),
        before: row.before,
        after: row.after,
        reason: row.reason as string | null,
      }),
    );
    const last = shown.at(-1);
    return {
      rows: shown,
      next: rows.length > historyPage && last ? encodeCursor([last.at, last.id]) : null,
    };
  },
});
