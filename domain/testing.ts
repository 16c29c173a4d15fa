import type { Role } from './access';
import { newRequestId, type PersonActor } from './actor';

/** A signed-in person of this role, for tests that need no account behind them. */
export const personOf = (role: Role): PersonActor => ({
  kind: 'user',
  userId: '00000000-0000-4000-8000-000000000001',
  email: `${role}@example.org`,
  name: role,
  role,
  sessionId: 'f'.repeat(64),
  ip: '192.0.2.1',
  userAgent: 'test',
  requestId: newRequestId(),
});
