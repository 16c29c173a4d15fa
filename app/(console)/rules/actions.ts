'use server';

import { action } from '@/app/_server/action';
import {
  activateRule,
  createRule,
  discardDraft,
  editRule,
  pauseRule,
  resumeRule,
  retireRule,
} from '@/domain/rules/commands';

export const createRuleAction = action(createRule);
export const editRuleAction = action(editRule);
export const activateRuleAction = action(activateRule);
export const pauseRuleAction = action(pauseRule);
export const resumeRuleAction = action(resumeRule);
export const retireRuleAction = action(retireRule);
export const discardDraftAction = action(discardDraft);
