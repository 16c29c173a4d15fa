import { sessionStates } from '@/domain/activity/input';
import type { Session } from '@/domain/activity/sessions';

export const activityKeys = ['state', 'role', 'application', 'waiting', 'background'] as const;
export type ActivityParams = Partial<Record<(typeof activityKeys)[number] | 'range', string | null>>;

const named = (text: string | null | undefined) => (text ? text.slice(0, 63) : undefined);

/** The input of the snapshot from the URL, on the server and in the browser alike; what is odd is left out. */
export function activityInput(params: ActivityParams) {
  const state = sessionStates.find((one) => one === params.state);
  const [role, application] = [named(params.role), named(params.application)];
  return {
    ...(state ? { state } : {}),
    ...(role ? { role } : {}),
    ...(application ? { application } : {}),
    waiting: params.waiting === 'yes',
    background: params.background === 'yes',
  };
}

/** Names a session in the URL: a pid alone may be another's tomorrow. */
export const sessionKey = ({ pid, backendStart }: Pick<Session, 'pid' | 'backendStart'>): string =>
  `${pid}-${backendStart ?? ''}`;

/** The session that a key names; null for one that somebody has mistyped. */
export function parseSessionKey(key: string | null): { pid: number; backendStart: string } | null {
  const found = key?.match(/^(\d{1,10})-(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z)$/);
  return found ? { pid: Number(found[1]), backendStart: String(found[2]) } : null;
}
