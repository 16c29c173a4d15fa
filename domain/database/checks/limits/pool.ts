import type { CheckDefinition } from '../definition';

const pool = '/database/pool';

export const poolChecks = [
  {
    name: 'poolAway',
    area: 'pool',
    unit: 'count',
    warning: 1,
    critical: 1,
    examines: 'poolers',
    columns: ['error'],
    href: pool,
  },
  {
    name: 'poolWaits',
    area: 'pool',
    unit: 'seconds',
    warning: 1,
    critical: 5,
    examines: 'pools',
    columns: ['role', 'database', 'count:count', 'age:seconds'],
    href: pool,
  },
  {
    name: 'poolUse',
    area: 'pool',
    unit: 'percent',
    warning: 80,
    critical: null,
    examines: 'pools',
    columns: ['role', 'database', 'busy:count', 'size:count'],
    href: pool,
  },
  {
    name: 'poolRoom',
    area: 'pool',
    unit: 'count',
    warning: 1,
    critical: null,
    examines: 'poolers',
    columns: ['possible:count', 'direct:count', 'allowed:count'],
    href: pool,
  },
] as const satisfies readonly CheckDefinition[];
