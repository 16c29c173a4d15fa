import { headers } from 'next/headers';
import { redirect } from 'next/navigation';
import type { z } from 'zod';
import { anonymousActor } from '@/domain/actor';
import type { Result } from '@/domain/errors';
import type { Command } from '@/domain/operation';
import { failureOf } from '@/domain/operation';
import { currentActor } from './actor';
import { isSameOrigin, originOf, safeNext } from './request';

/** The page that sent the action, for coming back after signing in again. */
const sender = (given: Headers): string => {
  const referer = given.get('referer');
  if (!referer || !URL.canParse(referer)) return '/';
  const { pathname, search } = new URL(referer);
  return safeNext(`${pathname}${search}`);
};

/**
 * Makes a server action of a command: `export const endSessionAction = action(endSession)`. It asks for our own
 * origin and a live session, passes the input on as it came, and returns the command's Result; a person whose session
 * has ended goes to the sign-in page. Commands that anybody may run work without a session.
 */
export const action =
  <S extends z.ZodType, O>(command: Command<S, O>): ((input: z.input<S>) => Promise<Result<O>>) =>
  async (input) => {
    const given = await headers();
    const nobody = anonymousActor(originOf(given));
    if (!isSameOrigin(given))
      return { ok: false, error: { code: 'denied', detail: 'origin', requestId: nobody.requestId } };
    let actor: Awaited<ReturnType<typeof currentActor>>;
    try {
      actor = await currentActor();
    } catch (error) {
      return { ok: false, error: failureOf(error, nobody, command.operation) };
    }
    if (!actor && command.can !== 'anyone') redirect(`/login?next=${encodeURIComponent(sender(given))}`);
    return command(actor ?? nobody, input);
  };
