'use server';

import { action } from '@/app/_server/action';
import { activatePattern, createPattern, editPattern, pausePattern } from '@/domain/patterns/commands';

export const createPatternAction = action(createPattern);
export const editPatternAction = action(editPattern);
export const activatePatternAction = action(activatePattern);
export const pausePatternAction = action(pausePattern);
