import { cookies, headers } from 'next/headers';
import { redirect } from 'next/navigation';
import { cache } from 'react';
import type { PersonActor } from '@/domain/actor';
import { findPersonBySession } from '@/domain/sessions/live-session';
import { pathHeader } from './header-names';
import { originOf, safeNext } from './request';
import { activityCookie, readSessionToken } from './session-cookie';

/** Whether the browser has seen a key or the pointer within the last minute. */
const somebodyIsThere = async (): Promise<boolean> => (await cookies()).has(activityCookie);

/** The person who asks, or null; one statement, once per request. */
export const currentActor = cache(async (): Promise<PersonActor | null> => {
  const token = await readSessionToken();
  if (!token) return null;
  const given = await headers();
  // Pages refresh themselves (RSC): that alone does not keep a session open.
  const touch = !given.has('rsc') || (await somebodyIsThere());
  return findPersonBySession(token, originOf(given), touch);
});

/** The same for what a console reads by itself; it counts as activity only while somebody is there. */
export const watchingActor = async (): Promise<PersonActor | null> => {
  const token = await readSessionToken();
  return token ? findPersonBySession(token, originOf(await headers()), await somebodyIsThere()) : null;
};

/** The person who asks; anybody else goes to the sign-in page and comes back afterwards. */
export const requireActor = async (): Promise<PersonActor> => {
  const actor = await currentActor();
  if (actor) return actor;
  const next = safeNext((await headers()).get(pathHeader));
  redirect(next === '/' ? '/login' : `/login?next=${encodeURIComponent(next)}`);
};
