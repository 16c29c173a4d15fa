/**
 * Who may do what: one table, permission → roles. Asked only in query() and command().
 * A permission is also the name of the audit action that a command writes.
 */
export const roles = [
  'analyst',
  'senior_analyst',
  'security_officer',
  'db_operator',
  'data_scientist',
  'auditor',
  'admin',
] as const;
export type Role = (typeof roles)[number];

const everyone = roles;
const analysts = ['analyst', 'senior_analyst', 'admin'] as const;
const seniors = ['senior_analyst', 'admin'] as const;
const scientists = ['data_scientist', 'admin'] as const;
const officers = ['security_officer', 'admin'] as const;
const operators = ['db_operator', 'admin'] as const;
const auditorsToo = (list: readonly Role[]): readonly Role[] => [...list, 'auditor'];

export const permissions = {
  'overview:read': everyone,
  'alert:read': auditorsToo(['analyst', 'senior_analyst', 'data_scientist', 'admin']),
  'alert:claim': analysts,
  'alert:release': analysts,
  'alert:decide': analysts,
  'alert:escalate': analysts,
  'alert:undo': analysts,
  'alert:assign': seniors,
  'transaction:read': auditorsToo(['analyst', 'senior_analyst', 'data_scientist', 'admin']),
  'transaction:export': auditorsToo(['senior_analyst', 'data_scientist', 'admin']),
  'transaction:label': analysts,
  'transaction:decide': [] as readonly Role[],
  'rule:read': auditorsToo(['analyst', 'senior_analyst', 'data_scientist', 'admin']),
  'rule:create': ['analyst', 'senior_analyst', 'data_scientist', 'admin'],
  'rule:edit': ['analyst', 'senior_analyst', 'data_scientist', 'admin'],
  'rule:discard': ['analyst', 'senior_analyst', 'data_scientist', 'admin'],
  'rule:activate': seniors,
  'rule:pause': seniors,
  'rule:resume': seniors,
  'rule:retire': seniors,
  'pattern:create': seniors,
  'pattern:edit': seniors,
  'pattern:activate': seniors,
  'pattern:pause': seniors,
  // Sums of days name nobody; merchants and rules are read by those who read payments and rules anyway.
  'report:read': everyone,
  'report:read-analysts': auditorsToo(seniors),
  'report:export-days': everyone,
  'report:export-merchants': auditorsToo(['senior_analyst', 'data_scientist', 'admin']),
  'report:export-rules': auditorsToo(['senior_analyst', 'data_scientist', 'admin']),
  'report:export-analysts': auditorsToo(seniors),
  'model:read': auditorsToo(['analyst', 'senior_analyst', 'data_scientist', 'admin']),
  'experiment:start': scientists,
  'experiment:cancel': scientists,
  'model:promote': scientists,
  'ab-test:start': scientists,
  'ab-test:stop': scientists,
  'ab-test:conclude': scientists,
  // A model decides about everybody's payments: only the product itself and the server's shell bring one in.
  'model:register': [] as readonly Role[],
  'model:load': [] as readonly Role[],
  'audit:read': auditorsToo(officers),
  'audit:review': ['security_officer', 'auditor', 'admin'],
  'audit:export': auditorsToo(officers),
  'security-event:read': auditorsToo(officers),
  'security-event:triage': officers,
  'security-event:resolve': officers,
  'session:read': auditorsToo(officers),
  'session:end': officers,
  'session:end-user': officers,
  'session:end-all': officers,
  'person:read': auditorsToo(officers),
  'person:create': officers,
  'person:change-role': officers,
  'person:disable': officers,
  'person:enable': officers,
  'person:reset-password': officers,
  // Whoever sets a password for somebody else knows it: left to the command line and the seed.
  'person:create-with-password': [] as readonly Role[],
  'person:create-first-admin': [] as readonly Role[],
  'api-key:read': auditorsToo(officers),
  'api-key:create': officers,
  'api-key:change': officers,
  'api-key:revoke': officers,
  // Years of payments at once: left to the shell of the server.
  'transaction:import': [] as readonly Role[],
  // Whoever has the file has everything: left to the shell of the server.
  'backup:make': [] as readonly Role[],
  'backup:restore': [] as readonly Role[],
  'database:read': auditorsToo(operators),
  'job:run': operators,
  'job:pause': operators,
  'job:resume': operators,
  'job:cancel': operators,
  'database:check': operators,
  'query:explain': operators,
  'metric:read': auditorsToo(operators),
  'api-usage:read': auditorsToo(operators),
  'feature-cache:read': auditorsToo(operators),
  'stream:read': auditorsToo(operators),
  'stream:redrive': operators,
  'stream:discard': operators,
  'activity:cancel': operators,
  'activity:terminate': operators,
  'slot:drop': operators,
  'pool:test': operators,
  'partition:make': operators,
  'partition:archive': operators,
  'partition:bring-back': operators,
  'partition:hold': operators,
  'partition:release': operators,
  'index:create': operators,
  'index:rebuild': operators,
  'index:drop': operators,
  'maintenance:cancel': operators,
  'setting:read': auditorsToo(['senior_analyst', 'security_officer', 'db_operator', 'admin']),
  'setting:change': ['admin'],
} as const satisfies Record<string, readonly Role[]>;

export type Permission = keyof typeof permissions;

/** What an operation asks for: a permission, any signed-in person acting on their own account, or nobody at all. */
export type Requirement = Permission | 'signed-in' | 'anyone';

export const may = (role: Role, permission: Permission): boolean =>
  (permissions[permission] as readonly Role[]).includes(role);

export const apiScopes = ['ingest', 'labels', 'read'] as const;
export type ApiScope = (typeof apiScopes)[number];

/** What a scope of an API key allows. */
export const scopePermissions: Record<ApiScope, readonly Permission[]> = {
  ingest: ['transaction:decide'],
  labels: ['transaction:label'],
  read: ['transaction:read'],
};
