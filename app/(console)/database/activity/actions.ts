'use server';

import { action } from '@/app/_server/action';
import { cancelQuery, terminateSession } from '@/domain/activity/commands';

export const cancelQueryAction = action(cancelQuery);
export const terminateSessionAction = action(terminateSession);
