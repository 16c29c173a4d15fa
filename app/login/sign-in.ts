export type Refusal = 'wrong' | 'busy' | 'unavailable';

const post = (path: string, fields: Record<string, string>): Promise<Response> =>
  fetch(path, { method: 'POST', body: new URLSearchParams(fields), redirect: 'manual' });

/** Sends what was typed; null when the browser has its session cookie now. */
export async function signIn(email: string, password: string): Promise<Refusal | null> {
  try {
    const given = await fetch('/api/auth/csrf');
    if (!given.ok) return 'unavailable';
    const { csrfToken } = (await given.json()) as { csrfToken: string };
    const answer = await post('/api/auth/callback/credentials', { csrfToken, email, password, json: 'true' });
    if (answer.ok) return null;
    if (answer.status === 429) return 'busy';
    return answer.status === 401 ? 'wrong' : 'unavailable';
  } catch {
    return 'unavailable';
  }
}
