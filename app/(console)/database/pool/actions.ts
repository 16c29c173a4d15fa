'use server';

import { action } from '@/app/_server/action';
import { testPool } from '@/domain/pool/commands';

export const testPoolAction = action(testPool);
