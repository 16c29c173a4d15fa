import { isIP } from 'node:net';
import { headers } from 'next/headers';
import { cache } from 'react';
import { newRequestId, type Origin } from '@/domain/actor';
import { clientAddressHeader, requestIdHeader } from './header-names';

/** Where this request came from, as audit rows keep it. */
export const requestOrigin = cache(async (): Promise<Origin> => originOf(await headers()));

export const originOf = (given: Headers): Origin => {
  const ip = given.get(clientAddressHeader);
  const requestId = given.get(requestIdHeader);
  return {
    ip: ip && isIP(ip) ? ip : null,
    // Control characters have no business in a log line or on a page.
    userAgent:
      given
        .get('user-agent')
        ?.replaceAll(/\p{Cc}/gu, ' ')
        .slice(0, 500) ?? null,
    requestId: requestId && /^req_\w{10}$/.test(requestId) ? requestId : newRequestId(),
  };
};

/**
 * Whether a change was sent by a page of ours. Next runs a server action without an Origin header; we do not.
 * VIGIL_WEB_ORIGIN names the public origin where a proxy changes the Host.
 */
export const isSameOrigin = (given: Headers): boolean => {
  const site = given.get('sec-fetch-site');
  if (site !== null && site !== 'same-origin') return false;
  const origin = given.get('origin');
  if (!origin) return false;
  if (process.env.VIGIL_WEB_ORIGIN && origin === process.env.VIGIL_WEB_ORIGIN) return true;
  try {
    return new URL(origin).host === given.get('host');
  } catch {
    return false; // `null`, from sandboxed frames and data: documents
  }
};

/** The page to go to after signing in: a path of ours, never another site. */
export const safeNext = (next: string | null | undefined): string => {
  if (!next || next.length > 500 || !/^\/[^/\\]/.test(next) || /[\\\p{Cc}]/u.test(next)) return '/';
  const url = new URL(next, 'http://vigil.invalid');
  if (url.host !== 'vigil.invalid' || /^\/(login|api|password)(\/|$)/.test(url.pathname)) return '/';
  return `${url.pathname}${url.search}`;
};
