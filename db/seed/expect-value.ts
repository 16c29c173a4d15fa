import { AppError, type Result } from '@/domain/errors';

/** The value of a command that a seed may expect to succeed; throws what it failed with. */
export const expectValue = <T>(result: Result<T>): T => {
  if (result.ok) return result.value;
  const { code, ...failure } = result.error;
  throw new AppError(code, failure);
};
