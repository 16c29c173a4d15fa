import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Role } from '@/domain/access';
import { credentials, personOf } from './fixtures';

/** Plain HTTP against the product: what a program would send that is not our page. */
export const web = () => credentials().web;

type Asked = {
  method?: string;
  cookie?: string;
  origin?: string | null;
  headers?: Record<string, string>;
  body?: BodyInit;
};

export const ask = (where: string, asked: Asked = {}): Promise<Response> => {
  const headers = new Headers(asked.headers);
  if (asked.cookie) headers.set('cookie', asked.cookie);
  if (asked.origin) headers.set('origin', asked.origin);
  return fetch(`${web()}${where}`, {
    method: asked.method ?? 'GET',
    headers,
    body: asked.body,
    redirect: 'manual',
  });
};

/** The cookies of an answer as a Cookie header; cleared ones are left out. */
const cookiesOf = (answer: Response): string =>
  answer.headers
    .getSetCookie()
    .map((line) => line.split(';')[0] ?? '')
    .filter((pair) => !pair.endsWith('='))
    .join('; ');

/** Signs in without a browser. Returns the answer and all its cookies. */
export async function signInOver(
  email: string,
  password: string,
  cookie = '',
): Promise<{ answer: Response; cookie: string }> {
  const given = await ask('/api/auth/csrf', { cookie });
  const { csrfToken } = (await given.json()) as { csrfToken: string };
  const answer = await ask('/api/auth/callback/credentials', {
    method: 'POST',
    origin: web(),
    cookie: [cookie, cookiesOf(given)].filter(Boolean).join('; '),
    body: new URLSearchParams({ csrfToken, email, password, json: 'true' }),
  });
  return { answer, cookie: cookiesOf(answer) };
}

export const cookieOf = async (role: Role): Promise<string> => {
  const { email, password } = personOf(role);
  const { answer, cookie } = await signInOver(email, password);
  if (!answer.ok) throw new Error(`${role} could not sign in: ${answer.status}`);
  return cookie;
};

export type Action = { id: string; name: string; page: string };

type Manifest = { node: Record<string, { exportedName?: string; workers: Record<string, unknown> }> };

/** Every server action of the build, with a page that carries it. */
export const actions = (): Action[] => {
  const folder = path.resolve(process.env.VIGIL_NEXT_DIR || '.next', 'server/server-reference-manifest.json');
  const { node } = JSON.parse(readFileSync(folder, 'utf8')) as Manifest;
  return Object.entries(node).map(([id, { exportedName, workers }]) => ({
    id,
    name: exportedName ?? id,
    page: pathOf(Object.keys(workers)[0] ?? ''),
  }));
};

const pathOf = (worker: string): string =>
  worker
    .replace(/^app/, '')
    .replace(/\/page$/, '')
    .replaceAll(/\/\([^)]*\)/g, '')
    .replaceAll(/\[[^\]]+\]/g, '1') || '/';

/** Calls a server action as a page would. */
export const act = (action: Action, input: unknown, asked: Asked = {}): Promise<Response> =>
  ask(action.page, {
    ...asked,
    method: 'POST',
    headers: {
      'next-action': action.id,
      'content-type': 'text/plain;charset=UTF-8',
      accept: 'text/x-component',
      ...asked.headers,
    },
    body: JSON.stringify([input]),
  });

/** Reads a server-sent event stream until it ends; `ended` holds when, and `text` what came. */
export function follow(cookie: string) {
  const abort = new AbortController();
  const seen = { text: '', status: 0 };
  const ended = (async () => {
    const answer = await fetch(`${web()}/api/live`, { headers: { cookie }, signal: abort.signal });
    seen.status = answer.status;
    const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const part = await reader?.read();
      if (!part || part.done) break;
      seen.text += part.value;
    }
    return Date.now();
  })().catch(() => null);
  return { seen, ended, stop: () => abort.abort() };
}
