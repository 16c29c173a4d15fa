'use server';

import { action } from '@/app/_server/action';
import {
  archiveMonth,
  bringBackMonth,
  cancelRequest,
  createIndex,
  dropIndex,
  makePartitions,
  rebuildIndex,
  restoreIndex,
} from '@/domain/maintenance/commands';
import { holdMonth, releaseMonth } from '@/domain/storage/commands';

export const makePartitionsAction = action(makePartitions);
export const archiveMonthAction = action(archiveMonth);
export const bringBackMonthAction = action(bringBackMonth);
export const holdMonthAction = action(holdMonth);
export const releaseMonthAction = action(releaseMonth);
export const createIndexAction = action(createIndex);
export const restoreIndexAction = action(restoreIndex);
export const rebuildIndexAction = action(rebuildIndex);
export const dropIndexAction = action(dropIndex);
export const cancelRequestAction = action(cancelRequest);
