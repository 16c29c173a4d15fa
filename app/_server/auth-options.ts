import { AsyncLocalStorage } from 'node:async_hooks';
import type { NextAuthOptions } from 'next-auth';
import CredentialsProvider from 'next-auth/providers/credentials';
import { anonymousActor, type Origin } from '@/domain/actor';
import type { Failure } from '@/domain/errors';
import { signIn } from '@/domain/sessions/commands';
import { hostCookie, secrets, sessionCookie } from './session-cookie';

/** What one sign-in request brings along, and what authorize() may not say through next-auth. */
export type SignInRequest = { origin: Origin; deviceHash: string; failure?: Failure };
export const signInRequest = new AsyncLocalStorage<SignInRequest>();

// The row decides when a session ends; the cookie only has to live as long as the longest absolute limit.
const cookieSeconds = 168 * 3600;

const credentials = CredentialsProvider({
  id: 'credentials',
  credentials: { email: {}, password: {} },
  // null for every refusal: what is thrown here would be shown in an address.
  authorize: async (given) => {
    const request = signInRequest.getStore();
    if (!request) return null;
    const result = await signIn(anonymousActor(request.origin), {
      email: String(given?.email ?? ''),
      password: String(given?.password ?? ''),
      deviceHash: request.deviceHash,
    });
    if (!result.ok) {
      if (result.error.code !== 'invalid') request.failure = result.error;
      return null;
    }
    return result.value.token ? { id: result.value.userId, sid: result.value.token } : null;
  },
});

/** next-auth keeps the cookie; its content is a pointer to a row of user_sessions and nothing else. */
export const authOptions = (): NextAuthOptions => ({
  secret: secrets()[0],
  providers: [credentials],
  session: { strategy: 'jwt', maxAge: cookieSeconds },
  jwt: { maxAge: cookieSeconds },
  pages: { signIn: '/login', error: '/login' },
  useSecureCookies: true,
  cookies: {
    sessionToken: { name: sessionCookie, options: hostCookie },
    csrfToken: { name: '__Host-vigil.csrf', options: hostCookie },
    callbackUrl: { name: '__Host-vigil.callback', options: hostCookie },
  },
  callbacks: {
    // Only a sign-in makes a token. Returning null here would not refuse, so it throws.
    jwt: async ({ user }) => {
      const sid = (user as { sid?: string } | undefined)?.sid;
      if (!sid) throw new Error('only a sign-in makes a token');
      return { sid };
    },
    redirect: async ({ url, baseUrl }) =>
      url.startsWith(`${baseUrl}/login`) || url === '/login' ? '/login' : '/',
  },
  logger: { error: () => {}, warn: () => {}, debug: () => {} },
});
