'use server';

import { action } from '@/app/_server/action';
import { concludeAbTest, startAbTest, stopAbTest } from '@/domain/ab-tests/commands';

export const startAbTestAction = action(startAbTest);
export const stopAbTestAction = action(stopAbTest);
export const concludeAbTestAction = action(concludeAbTest);
