'use server';

import { action } from '@/app/_server/action';
import {
  assignAlert,
  bulkDecide,
  claimAlert,
  decideAlert,
  escalateAlert,
  releaseAlert,
  undoAlert,
} from '@/domain/alerts/commands';

export const claimAlertAction = action(claimAlert);
export const releaseAlertAction = action(releaseAlert);
export const decideAlertAction = action(decideAlert);
export const bulkDecideAction = action(bulkDecide);
export const escalateAlertAction = action(escalateAlert);
export const undoAlertAction = action(undoAlert);
export const assignAlertAction = action(assignAlert);
