import { z } from 'zod';
import { cursorInput } from '@/domain/cursor';
import { type SettingKey, settings } from './catalogue';

export const settingKeys = Object.keys(settings) as [SettingKey, ...SettingKey[]];
const key = z.enum(settingKeys);
/** Why; kept in the audit trail. */
const reason = z.string().trim().min(3).max(500);
/** The row's version as it was read, so that nobody overwrites a change they have not seen; null: never stored. */
const version = z.string().max(40).nullable();

export const settingHistoryInput = z.strictObject({ key, cursor: cursorInput });
export const changeSettingInput = z.strictObject({ key, value: z.json(), reason, version });
export const resetSettingInput = z.strictObject({ key, reason, version });
