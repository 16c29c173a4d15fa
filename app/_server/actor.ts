import { cookies, headers } from 'next/headers';
import { redirect } from 'next/navigation';
import { cache } from 'react';
import type { PersonActor } from '@/domain/actor';
import { findPersonBySession } from '@/domain/sessions/live-session';
import { pathHeader } from './header-names';
import { originOf, safeNext } from './request';
import { activityCookie, readSessionToken } from './session-cookie';

/**
 * Whether a request shows that somebody is there. Pages that keep themselves fresh (RSC refreshes, live panels) do
 * so only while the browser has seen a key or the pointer within the last minute.
 */
const isActivity = async (): Promise<boolean> => {
  const given = await headers();
  const byItself =
    given.has('rsc') || given.get('accept') === 'text/event-stream' || given.has('x-vigil-live');
  return !byItself || (await cookies()).has(activityCookie);
};

/** The person who asks, or null; one statement, once per request. */
export const currentActor = cache(async (): Promise<PersonActor | null> => {
  const token = await readSessionToken();
  if (!token) return null;
  return findPersonBySession(token, originOf(await headers()), await isActivity());
});

/** The person who asks; anybody else goes to the sign-in page and comes back afterwards. */
export const requireActor = async (): Promise<PersonActor> => {
  const actor = await currentActor();
  if (actor) return actor;
  const next = safeNext((await headers()).get(pathHeader));
  redirect(next === '/' ? '/login' : `/login?next=${encodeURIComponent(next)}`);
};
