export const severities = ['info', 'warning', 'critical'] as const;
export type Severity = (typeof severities)[number];

/** Everything that makes a security event; worded in messages (`securityEvents.types.<type>` and `.sentences.<type>`). */
export const eventTypes = [
  'login.lockout',
  'login.password_spraying',
  'login.new_device',
  'access.denied',
  'api_key.new_address',
] as const;
export type EventType = (typeof eventTypes)[number];

export const eventStates = ['open', 'mine', 'resolved'] as const;
/** What an event turned out to be. */
export const resolutions = ['expected', 'handled', 'false_alarm'] as const;
export type Resolution = (typeof resolutions)[number];
