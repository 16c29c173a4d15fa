import { driftLimits } from '@/domain/models/drift';
import { fallLimits } from '@/domain/models/worse';
import type { CheckDefinition } from '../definition';

const models = '/models';

export const modelsChecks = [
  {
    name: 'modelDrift',
    area: 'models',
    unit: 'index',
    warning: driftLimits.moderate,
    critical: driftLimits.significant,
    examines: 'features',
    columns: ['feature', 'psi:index', 'payments:count'],
    href: models,
  },
  {
    name: 'modelQuality',
    area: 'models',
    unit: 'percent',
    warning: fallLimits.worse * 100,
    critical: fallLimits.far * 100,
    examines: 'payments',
    columns: ['figure:code', 'before:percent', 'after:percent', 'fallen:percent'],
    href: models,
  },
] as const satisfies readonly CheckDefinition[];
