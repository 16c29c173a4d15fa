'use server';

import { action } from '@/app/_server/action';
import { changeSetting, resetSetting } from '@/domain/settings/commands';

export const changeSettingAction = action(changeSetting);
export const resetSettingAction = action(resetSetting);
