import type { CheckDefinition } from '../definition';

export const settingsChecks = [
  {
    name: 'durability',
    area: 'settings',
    unit: 'count',
    warning: 1,
    critical: null,
    examines: 'settings',
    columns: ['setting', 'value', 'wanted'],
  },
  {
    name: 'autovacuumSettings',
    area: 'settings',
    unit: 'count',
    warning: 1,
    critical: 1,
    examines: 'settings',
    columns: ['setting', 'value', 'wanted'],
  },
  {
    name: 'observability',
    area: 'settings',
    unit: 'count',
    warning: 1,
    critical: null,
    examines: 'settings',
    columns: ['setting', 'value', 'wanted'],
  },
  {
    name: 'pendingRestart',
    area: 'settings',
    unit: 'count',
    warning: 1,
    critical: null,
    examines: 'settings',
    columns: ['setting', 'value'],
  },
  {
    name: 'sharedLogin',
    area: 'settings',
    unit: 'count',
    warning: 1,
    critical: null,
    examines: 'logins',
    columns: ['role', 'why:code'],
  },
] as const satisfies readonly CheckDefinition[];
