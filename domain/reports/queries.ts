import { query } from '@/domain/operation';
import { reportAnalysts } from './analysts';
import { reportDays } from './days';
import { merchantExportInput, merchantsInput, periodInput } from './input';
import { merchantPage, reportMerchants } from './merchants';
import { periodsOf } from './period';
import { reportRules } from './rules';

/** Sums of each day of a period against those of another; from daily_metrics, so that a year costs its days. */
export const getReportDays = query({
  name: 'report.days',
  can: 'report:read',
  input: periodInput,
  live: true,
  run: ({ db, input }) => {
    const now = new Date();
    return reportDays(db, periodsOf(input, now), now);
  },
});

/** The twenty merchants to look at first. */
export const getReportMerchants = query({
  name: 'report.merchants',
  can: 'transaction:read',
  input: merchantsInput,
  live: true,
  run: ({ db, input }) => {
    const now = new Date();
    return reportMerchants(db, periodsOf(input, now), input.order, now);
  },
});

/** How well each rule did, by what is known of its payments now; from rule_analytics. */
export const getReportRules = query({
  name: 'report.rules',
  can: 'rule:read',
  input: periodInput,
  live: true,
  run: ({ db, input }) => reportRules(db, periodsOf(input, new Date())),
});

/** What each analyst decided. */
export const getReportAnalysts = query({
  name: 'report.analysts',
  can: 'report:read-analysts',
  input: periodInput,
  live: true,
  run: ({ db, input }) => reportAnalysts(db, periodsOf(input, new Date())),
});

/** Every merchant of a period, page by page: the rows of a file that exportMerchants has put on the record. */
export const exportMerchantsPage = query({
  name: 'report.merchants-page',
  can: 'report:export-merchants',
  input: merchantExportInput,
  run: ({ db, input }) => merchantPage(db, periodsOf(input, new Date()).period, input.cursor, input.limit),
});
