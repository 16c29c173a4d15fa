'use server';

import { action } from '@/app/_server/action';
import {
  changeRole,
  createPerson,
  disablePerson,
  enablePerson,
  resetPassword,
} from '@/domain/people/commands';

export const createPersonAction = action(createPerson);
export const changeRoleAction = action(changeRole);
export const disablePersonAction = action(disablePerson);
export const enablePersonAction = action(enablePerson);
export const resetPasswordAction = action(resetPassword);
