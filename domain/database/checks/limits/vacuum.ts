import type { CheckDefinition } from '../definition';

const activity = '/database/activity';
const MB = 1_000_000;
const GB = 1_000_000_000;

export const vacuumChecks = [
  {
    name: 'xminHorizon',
    area: 'vacuum',
    unit: 'ids',
    warning: 1_000_000,
    critical: 20_000_000,
    examines: 'holders',
    columns: ['kind:code', 'holder', 'role', 'state', 'age:seconds', 'xids:ids'],
    href: activity,
  },
  {
    name: 'vacuumBacklog',
    area: 'vacuum',
    unit: 'times',
    warning: 3,
    critical: 20,
    examines: 'tables',
    columns: ['table', 'dead:count', 'trigger:count', 'times:times', 'lastVacuum:seconds', 'why:code'],
  },
  {
    name: 'autovacuumDisabled',
    area: 'vacuum',
    unit: 'count',
    warning: 1,
    critical: null,
    examines: 'tables',
    columns: ['table', 'rows:count', 'dead:count'],
  },
  {
    name: 'staleStatistics',
    area: 'vacuum',
    unit: 'times',
    warning: 5,
    critical: 50,
    examines: 'tables',
    columns: ['table', 'changed:count', 'trigger:count', 'times:times', 'lastAnalyze:seconds'],
  },
  {
    name: 'parentStatistics',
    area: 'vacuum',
    unit: 'count',
    warning: 1,
    critical: null,
    examines: 'tables',
    columns: ['table', 'rows:count', 'known:count', 'partitions:count'],
  },
  {
    name: 'tableBloat',
    area: 'vacuum',
    unit: 'bytes',
    warning: 200 * MB,
    critical: 5 * GB,
    examines: 'tables',
    columns: ['table', 'size:bytes', 'wasted:bytes', 'share:percent'],
  },
  {
    name: 'transactionIdAge',
    area: 'vacuum',
    unit: 'ids',
    warning: 500_000_000,
    critical: 1_000_000_000,
    examines: 'databases',
    columns: ['kind:code', 'object', 'xids:ids', 'share:percent'],
  },
  {
    name: 'multixactIdAge',
    area: 'vacuum',
    unit: 'ids',
    warning: 500_000_000,
    critical: 1_000_000_000,
    examines: 'databases',
    columns: ['kind:code', 'object', 'xids:ids', 'share:percent'],
  },
] as const satisfies readonly CheckDefinition[];
