import type { CheckDefinition } from '../definition';

const pipeline = '/pipeline';

export const pipelineChecks = [
  {
    name: 'streamLag',
    area: 'pipeline',
    unit: 'seconds',
    warning: 10,
    critical: 60,
    examines: 'payments',
    columns: ['payment', 'status', 'retries:count', 'age:seconds'],
    href: pipeline,
  },
  {
    name: 'streamBacklog',
    area: 'pipeline',
    unit: 'count',
    warning: 5_000,
    critical: 50_000,
    examines: 'payments',
    columns: ['status', 'count:count'],
    href: pipeline,
  },
  {
    name: 'deadLetters',
    area: 'pipeline',
    unit: 'count',
    warning: 1,
    critical: 100,
    examines: 'payments',
    columns: ['payment', 'retries:count', 'error'],
    href: pipeline,
  },
] as const satisfies readonly CheckDefinition[];
