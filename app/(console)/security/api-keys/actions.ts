'use server';

import { action } from '@/app/_server/action';
import { changeApiKey, createApiKey, revokeApiKey } from '@/domain/api-keys/commands';

export const createApiKeyAction = action(createApiKey);
export const changeApiKeyAction = action(changeApiKey);
export const revokeApiKeyAction = action(revokeApiKey);
