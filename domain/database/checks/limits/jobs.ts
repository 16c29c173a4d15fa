import type { CheckDefinition } from '../definition';

const jobs = '/database/jobs';

export const jobsChecks = [
  {
    name: 'dashboardAge',
    area: 'jobs',
    unit: 'seconds',
    warning: 660,
    critical: 1800,
    examines: 'views',
    columns: ['view', 'age:seconds', 'error'],
    href: jobs,
  },
  {
    name: 'viewIndexes',
    area: 'jobs',
    unit: 'count',
    warning: 1,
    critical: 1,
    examines: 'views',
    columns: ['view', 'why:code'],
    href: jobs,
  },
  {
    name: 'jobsFailed',
    area: 'jobs',
    unit: 'count',
    warning: 1,
    critical: 5,
    examines: 'jobs',
    columns: ['job', 'failed:count', 'age:seconds', 'error'],
    href: jobs,
  },
  {
    name: 'jobsOverlapping',
    area: 'jobs',
    unit: 'count',
    warning: 3,
    critical: 60,
    examines: 'runs',
    columns: ['job', 'count:count', 'age:seconds'],
    href: jobs,
  },
] as const satisfies readonly CheckDefinition[];
