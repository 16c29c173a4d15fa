'use server';

import { action } from '@/app/_server/action';
import { checkDatabase, explainQuery } from '@/domain/database/commands';

export const checkDatabaseAction = action(checkDatabase);
export const explainQueryAction = action(explainQuery);
