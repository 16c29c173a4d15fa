'use server';

import { action } from '@/app/_server/action';
import { resolveEvent, triageEvent } from '@/domain/security-events/commands';

export const triageEventAction = action(triageEvent);
export const resolveEventAction = action(resolveEvent);
