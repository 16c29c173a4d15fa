import { z } from 'zod';
import { roles } from '../access';
import { cursorInput } from '../cursor';
import { reasonInput } from '../sessions/input';
import { newPassword } from '../sessions/password-policy';

const role = z.enum(roles);
const email = z.email().max(200).toLowerCase();
const name = z
  .string()
  .trim()
  .min(2)
  .max(100)
  .regex(/^[^\p{Cc}<>]+$/u);

export const createPersonInput = z.strictObject({ email, name, role });
export const createPersonWithPasswordInput = z.strictObject({ email, name, role, password: newPassword });
export const createFirstAdminInput = z.strictObject({ email: email.default('admin@vigil.local') });
export const changeRoleInput = z.strictObject({ id: z.uuid(), role, reason: reasonInput });
export const personReasonInput = z.strictObject({ id: z.uuid(), reason: reasonInput });
export const resetPasswordInput = z.strictObject({ id: z.uuid() });
export const setPasswordInput = z.strictObject({
  token: z.string().regex(/^[\w-]{43}$/),
  password: newPassword,
});

export const listPeopleInput = z.strictObject({
  text: z.string().trim().max(100).optional(),
  role: role.optional(),
  active: z.boolean().optional(),
  cursor: cursorInput,
  limit: z.number().int().min(1).max(200).default(50),
});
