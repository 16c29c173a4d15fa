import { cookies } from 'next/headers';
import { decode } from 'next-auth/jwt';

/** `__Host-`: only over a secure origin (https, or http on localhost), only this host, only the whole path. */
export const sessionCookie = '__Host-vigil.session';
/** Tells a browser from another one, for a person's known devices; says nothing else. */
export const deviceCookie = '__Host-vigil.device';
/** Set by the browser for a minute after a key or the pointer was used (components/activity.tsx). */
export const activityCookie = 'vigil-active';

export const hostCookie = { httpOnly: true, sameSite: 'lax', path: '/', secure: true } as const;

/** Two secrets while one is being replaced: the first signs, both are accepted. */
export const secrets = (): string[] => {
  const list = [process.env.NEXTAUTH_SECRET, process.env.VIGIL_PREVIOUS_NEXTAUTH_SECRET];
  const given = list.filter((secret): secret is string => Boolean(secret));
  if (given.length === 0) throw new Error('NEXTAUTH_SECRET is not set');
  return given;
};

/** What the cookie points to: the session token, or null for a missing, forged, old or foreign cookie. */
export const tokenOf = async (cookie: string | undefined): Promise<string | null> => {
  if (!cookie || cookie.length > 4096) return null;
  for (const secret of secrets()) {
    try {
      const content = await decode({ token: cookie, secret });
      if (typeof content?.sid === 'string' && /^[\w-]{43}$/.test(content.sid)) return content.sid;
    } catch {
      // Not encrypted under this secret, changed on the way, or past its end: nobody.
    }
  }
  return null;
};

export const readSessionToken = async (): Promise<string | null> =>
  tokenOf((await cookies()).get(sessionCookie)?.value);
