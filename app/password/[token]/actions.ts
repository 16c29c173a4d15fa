'use server';

import { action } from '@/app/_server/action';
import { setPasswordByLink } from '@/domain/people/commands';

export const setPasswordAction = action(setPasswordByLink);
