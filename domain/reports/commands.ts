import type { Permission } from '@/domain/access';
import { command } from '@/domain/operation';
import { periodInput, type ReportName } from './input';
import { periodsOf } from './period';

/** Puts a file on the record before its first line leaves: which report of which days. */
const exportOf = <N extends ReportName>(report: N, can: Permission & `report:export-${N}`) =>
  command({
    name: can,
    can,
    input: periodInput,
    run: async ({ input }) => {
      const periods = periodsOf(input, new Date());
      return {
        value: periods,
        audit: { resourceType: 'report', resourceId: report, after: periods },
      };
    },
  });

export const exportDays = exportOf('days', 'report:export-days');
export const exportMerchants = exportOf('merchants', 'report:export-merchants');
export const exportRules = exportOf('rules', 'report:export-rules');
export const exportAnalysts = exportOf('analysts', 'report:export-analysts');
