'use server';

import { action } from '@/app/_server/action';
import { changePassword, endOwnSession } from '@/domain/sessions/commands';

export const changePasswordAction = action(changePassword);
export const endOwnSessionAction = action(endOwnSession);
