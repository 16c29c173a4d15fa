import { pipelineChecks } from '@/domain/database/checks/limits/pipeline';

type Name = (typeof pipelineChecks)[number]['name'];

/** The limits that the health page checks the queue against: drawn here, so that both say the same. */
export const limitOf = (name: Name): { warning: number; critical: number } => {
  const { warning, critical } = pipelineChecks.find((check) => check.name === name) ?? pipelineChecks[0];
  return { warning, critical };
};
