'use server';

import { action } from '@/app/_server/action';
import { checkDatabase } from '@/domain/database/commands';

export const checkDatabaseAction = action(checkDatabase);
