'use server';

import { action } from '@/app/_server/action';
import { discardStream, redriveStream } from '@/domain/stream/commands';

export const redriveAction = action(redriveStream);
export const discardAction = action(discardStream);
