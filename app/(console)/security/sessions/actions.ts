'use server';

import { action } from '@/app/_server/action';
import { endAllSessions, endSession, endUserSessions } from '@/domain/sessions/commands';

export const endSessionAction = action(endSession);
export const endUserSessionsAction = action(endUserSessions);
export const endAllSessionsAction = action(endAllSessions);
