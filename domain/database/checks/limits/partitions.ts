import type { CheckDefinition } from '../definition';

const storage = '/database/storage';

export const partitionsChecks = [
  {
    name: 'partitionRunway',
    area: 'partitions',
    unit: 'days',
    warning: 30,
    critical: 7,
    below: true,
    examines: 'tables',
    columns: ['table', 'until', 'days:days'],
    href: storage,
  },
  {
    name: 'dailyPartitionRunway',
    area: 'partitions',
    unit: 'days',
    warning: 2,
    critical: 1,
    below: true,
    examines: 'tables',
    columns: ['table', 'until', 'days:days'],
    href: storage,
  },
  {
    name: 'partitionGaps',
    area: 'partitions',
    unit: 'count',
    warning: 1,
    critical: 1,
    examines: 'partitions',
    columns: ['table', 'missing', 'from', 'until'],
    href: storage,
  },
  {
    name: 'defaultPartitions',
    area: 'partitions',
    unit: 'count',
    warning: 1,
    critical: 1000,
    examines: 'partitions',
    columns: ['partition', 'table', 'rows:count'],
    href: storage,
  },
  {
    name: 'pendingDetach',
    area: 'partitions',
    unit: 'count',
    warning: 1,
    critical: null,
    examines: 'partitions',
    columns: ['partition', 'table'],
    href: storage,
  },
] as const satisfies readonly CheckDefinition[];
