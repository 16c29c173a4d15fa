import NextAuth from 'next-auth';
import { currentActor } from '@/app/_server/actor';
import { authOptions, type SignInRequest, signInRequest } from '@/app/_server/auth-options';
import { isSameOrigin, originOf } from '@/app/_server/request';
import { noStore, problem } from '@/app/_server/respond';
import { deviceCookie, hostCookie } from '@/app/_server/session-cookie';
import { anonymousActor } from '@/domain/actor';
import { failureOf } from '@/domain/operation';
import { signOut } from '@/domain/sessions/commands';
import { hashOf, newToken } from '@/domain/sessions/token';

type Context = { params: Promise<{ nextauth: string[] }> };

const nextAuth = (request: Request, context: Context): Promise<Response> =>
  NextAuth(authOptions())(request, context);

const nothing = (request: Request): Response =>
  problem({ code: 'not_found', requestId: originOf(request.headers).requestId });

const uncached = (response: Response): Response => {
  const headers = new Headers(response.headers);
  headers.set('Cache-Control', noStore);
  return new Response(response.body, { status: response.status, headers });
};

/** Only what the sign-in form needs of next-auth: its token against forged forms. */
export async function GET(request: Request, context: Context) {
  const path = (await context.params).nextauth.join('/');
  return path === 'csrf' ? uncached(await nextAuth(request, context)) : nothing(request);
}

export async function POST(request: Request, context: Context) {
  const path = (await context.params).nextauth.join('/');
  if (path !== 'callback/credentials' && path !== 'signout') return nothing(request);
  const origin = originOf(request.headers);
  if (!isSameOrigin(request.headers))
    return problem({ code: 'denied', detail: 'origin', requestId: origin.requestId });
  return path === 'signout' ? endThenSignOut(request, context) : signInFrom(request, context);
}

const deviceOf = (request: Request): string | null => {
  const pair = (request.headers.get('cookie') ?? '')
    .split(/;\s*/)
    .find((part) => part.startsWith(`${deviceCookie}=`));
  const value = pair?.slice(deviceCookie.length + 1) ?? '';
  return /^[\w-]{43}$/.test(value) ? value : null;
};

/** Signs in; a browser that is not known yet gets its device cookie with the session. */
async function signInFrom(request: Request, context: Context): Promise<Response> {
  const known = deviceOf(request);
  const device = known ?? newToken();
  const store: SignInRequest = { origin: originOf(request.headers), deviceHash: hashOf(device) };
  const answer = await signInRequest.run(store, () => nextAuth(request, context));
  if (store.failure) return problem(store.failure);
  const response = uncached(answer);
  if (response.ok && !known) {
    const { path, sameSite } = hostCookie;
    response.headers.append(
      'Set-Cookie',
      `${deviceCookie}=${device}; Path=${path}; Max-Age=31536000; HttpOnly; Secure; SameSite=${sameSite}`,
    );
  }
  return response;
}

/** The row ends first: next-auth would clear the cookie and swallow a failure. */
async function endThenSignOut(request: Request, context: Context): Promise<Response> {
  const nobody = anonymousActor(originOf(request.headers));
  try {
    const actor = await currentActor();
    const result = actor && (await signOut(actor, {}));
    if (result && !result.ok) return problem(result.error);
  } catch (error) {
    return problem(failureOf(error, nobody, 'session:sign-out'));
  }
  return uncached(await nextAuth(request, context));
}
