import type { CheckDefinition } from '../definition';

const activity = '/database/activity';
const storage = '/database/storage';
const jobs = '/database/jobs';
const GB = 1_000_000_000;

export const workChecks = [
  {
    name: 'cacheHitRatio',
    area: 'work',
    unit: 'percent',
    warning: 95,
    critical: 90,
    below: true,
    examines: 'blocks',
    columns: ['query', 'blocks:count', 'share:percent'],
    href: '/database/queries',
  },
  {
    name: 'rollbacks',
    area: 'work',
    unit: 'percent',
    warning: 5,
    critical: 20,
    examines: 'transactions',
    columns: ['database', 'rolledBack:count', 'committed:count'],
  },
  {
    name: 'deadlocks',
    area: 'work',
    unit: 'count',
    warning: 1,
    critical: 10,
    examines: 'samples',
    columns: ['database', 'count:count'],
    href: activity,
  },
  {
    name: 'temporaryFiles',
    area: 'work',
    unit: 'bytes',
    warning: GB,
    critical: 10 * GB,
    examines: 'samples',
    columns: ['query', 'size:bytes'],
    href: '/database/queries',
  },
  {
    name: 'requestedCheckpoints',
    area: 'work',
    unit: 'percent',
    warning: 25,
    critical: 60,
    examines: 'checkpoints',
    columns: ['kind:code', 'count:count'],
  },
  {
    name: 'diskGrowth',
    area: 'work',
    unit: 'bytes',
    warning: 10 * GB,
    critical: 100 * GB,
    examines: 'samples',
    columns: ['table', 'size:bytes'],
    href: storage,
  },
  {
    name: 'statementEvictions',
    area: 'work',
    unit: 'count',
    warning: 1,
    critical: 60,
    examines: 'statements',
    columns: ['setting', 'value'],
  },
  {
    name: 'sampleAge',
    area: 'work',
    unit: 'seconds',
    warning: 180,
    critical: 900,
    examines: 'samples',
    columns: ['metric', 'age:seconds'],
    href: jobs,
  },
] as const satisfies readonly CheckDefinition[];
