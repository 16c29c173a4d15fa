'use server';

import { action } from '@/app/_server/action';
import { cancelTraining, promoteModel, startTraining } from '@/domain/models/commands';

export const promoteModelAction = action(promoteModel);
export const startTrainingAction = action(startTraining);
export const cancelTrainingAction = action(cancelTraining);
