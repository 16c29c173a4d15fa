import { type ApiScope, may, type Permission, type Requirement, type Role, scopePermissions } from './access';

/** Where a request came from; kept with every audit row. */
export type Origin = { ip: string | null; userAgent: string | null; requestId: string };

export type PersonActor = Origin & {
  kind: 'user';
  userId: string;
  email: string;
  name: string;
  role: Role;
  /** SHA-256 of the session token, as in user_sessions.session_id. */
  sessionId: string;
};

export type KeyActor = Origin & {
  kind: 'api_key';
  keyId: number;
  keyName: string;
  ownerId: string;
  scopes: readonly ApiScope[];
};

/** The worker, the command line and the seed; and people before they have signed in (`anonymous`). */
export type SystemActor = Origin & { kind: 'system'; name: string };
export type AnonymousActor = Origin & { kind: 'anonymous' };

export type Actor = PersonActor | KeyActor | SystemActor | AnonymousActor;

export const systemActor = (name: string, origin: Partial<Origin> = {}): SystemActor => ({
  kind: 'system',
  name,
  ip: origin.ip ?? null,
  userAgent: origin.userAgent ?? null,
  requestId: origin.requestId ?? newRequestId(),
});

export const anonymousActor = (origin: Origin): AnonymousActor => ({ kind: 'anonymous', ...origin });

/** A short id that a person can read out: `req_` and ten characters. */
export const newRequestId = (): string => {
  const alphabet = '23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
  const bytes = crypto.getRandomValues(new Uint8Array(10));
  return `req_${Array.from(bytes, (byte) => alphabet[byte % alphabet.length]).join('')}`;
};

/** The one answer to "may this actor do that?". */
export const allows = (actor: Actor, requirement: Requirement): boolean => {
  if (requirement === 'anyone') return true;
  switch (actor.kind) {
    case 'system':
      return true;
    case 'anonymous':
      return false;
    case 'api_key':
      return (
        requirement !== 'signed-in' &&
        actor.scopes.some((scope) => (scopePermissions[scope] as readonly Permission[]).includes(requirement))
      );
    case 'user':
      return requirement === 'signed-in' || may(actor.role, requirement);
  }
};

/** The id kept as `updated_by`, `created_by`, … */
export const actorId = (actor: Actor): string => {
  switch (actor.kind) {
    case 'user':
      return actor.userId;
    case 'api_key':
      return actor.ownerId;
    case 'system':
      return actor.name;
    case 'anonymous':
      return 'anonymous';
  }
};
