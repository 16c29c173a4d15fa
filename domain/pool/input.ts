import { z } from 'zod';
import { ranges } from '@/domain/database/input';

export const poolSeriesInput = z.strictObject({ range: z.enum(ranges).default('24h') });
export const testPoolInput = z.strictObject({});
