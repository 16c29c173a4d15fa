'use server';

import { action } from '@/app/_server/action';
import { dropSlot } from '@/domain/replication/commands';

export const dropSlotAction = action(dropSlot);
