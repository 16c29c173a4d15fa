import { addDays, dayOf } from '@/domain/reports/period';
import { nth, type Samples } from './samples';
import { busyMerchant } from './world';

/** One query of a page, asked about the round's sample; not asked where that is null. */
export type Ask = { operation: string; input: (samples: Samples, round: number) => unknown };
export type Page = {
  page: string;
  asks: Ask[];
  /** Months older than this are none of its business; null where it may look at all of them. */
  hoursBack: number | null;
};

const ask = (operation: string, input: Ask['input'] = () => ({})): Ask => ({ operation, input });
const payment = ({ payments }: Samples, round: number) => {
  const { id, at } = nth(payments, round);
  return { id, at };
};
const month = 31 * 24;
const aYear = () => {
  const to = dayOf(new Date());
  return { from: addDays(to, -364), to };
};

/** What each page asks when it is opened, and what its filters and deeper pages ask. */
export const pages: Page[] = [
  {
    page: 'Overview',
    hoursBack: 50,
    asks: ['hours', 'backlog', 'latest', 'places', 'pipeline', 'attack'].map((name) =>
      ask(`overview.${name}`),
    ),
  },
  // Events stay open until somebody resolves them, however old.
  { page: 'Navigation: counts', hoursBack: null, asks: [ask('overview.counts')] },
  {
    page: 'Alerts: the queue',
    hoursBack: null,
    asks: [ask('alert.list'), ask('alert.next'), ask('alert.assignees')],
  },
  {
    page: 'Alerts: decided',
    hoursBack: null,
    asks: [ask('alert.list', () => ({ tab: 'all', status: ['decided'] }))],
  },
  {
    page: 'Alerts: of the busy merchant',
    hoursBack: null,
    asks: [ask('alert.list', () => ({ tab: 'all', merchant: busyMerchant }))],
  },
  {
    page: 'An alert explained',
    hoursBack: 2 * month,
    asks: [ask('alert.get', ({ alerts }, round) => ({ id: nth(alerts, round) }))],
  },
  { page: 'Transactions: newest', hoursBack: month, asks: [ask('transaction.list')] },
  {
    page: 'Transactions: a year back',
    hoursBack: null,
    asks: [ask('transaction.list', ({ deepPayment }) => ({ cursor: deepPayment }))],
  },
  {
    page: 'Transactions: of a customer',
    hoursBack: null,
    asks: [ask('transaction.list', (s, round) => ({ user: nth(s.payments, round).user }))],
  },
  {
    page: 'Transactions: of a card',
    hoursBack: null,
    asks: [ask('transaction.list', (s, round) => ({ card: nth(s.payments, round).card }))],
  },
  {
    page: 'Transactions: at the busy merchant',
    hoursBack: null,
    asks: [ask('transaction.list', () => ({ merchant: busyMerchant }))],
  },
  {
    page: 'Transactions: blocked',
    hoursBack: null,
    asks: [ask('transaction.list', () => ({ decision: ['BLOCK'] }))],
  },
  {
    page: 'Transactions: confirmed fraud',
    hoursBack: null,
    asks: [ask('transaction.list', () => ({ label: ['fraud'] }))],
  },
  {
    page: 'Transactions: country and amount, no index',
    hoursBack: null,
    asks: [ask('transaction.list', () => ({ country: 'TR', amountFrom: 100 }))],
  },
  {
    page: 'Transactions: by id',
    hoursBack: null,
    asks: [ask('transaction.list', (s, round) => ({ id: nth(s.payments, round).id }))],
  },
  {
    page: 'A payment explained',
    hoursBack: 2 * month,
    asks: [ask('transaction.get', payment)],
  },
  {
    page: 'A payment’s last ones of customer, card, device, address, merchant',
    hoursBack: null,
    asks: ['user', 'card', 'device', 'ip', 'merchant'].map((name) =>
      ask(`transaction.same-${name}`, payment),
    ),
  },
  {
    page: 'A payment’s twelve most similar',
    hoursBack: 2 * month,
    asks: [ask('transaction.similar', payment)],
  },
  { page: 'Rules', hoursBack: 8 * 24, asks: [ask('rule.list')] },
  {
    page: 'A rule',
    hoursBack: month + 24,
    asks: [
      ask('rule.get', ({ ruleId }) => ({ ruleId })),
      ask('rule.hits', ({ ruleId }) => ({ ruleId })),
      ask('rule.hits', ({ ruleId }) => ({ ruleId, by: 'day' })),
      ask('rule.dry-run', ({ ruleVersionId }) => ({ versionId: ruleVersionId })),
    ],
  },
  {
    page: 'Patterns',
    hoursBack: null,
    asks: [ask('pattern.list'), ask('pattern.hits', () => ({ name: 'Card testing ring' }))],
  },
  {
    page: 'Models',
    hoursBack: null,
    asks: [
      ask('model.list'),
      ask('model.get', () => ({ name: 'vigil-logistic', version: '1' })),
      ask('model.drift'),
      ask('model.quality'),
    ],
  },
  {
    page: 'Drift',
    hoursBack: null,
    asks: [
      ask('model.drift'),
      ask('model.drift-feature', ({ driftFeature: feature }) => feature && { feature }),
    ],
  },
  { page: 'Training runs', hoursBack: null, asks: [ask('experiment.list')] },
  { page: 'A/B tests', hoursBack: null, asks: [ask('ab-test.list'), ask('model.list')] },
  { page: 'Audit trail', hoursBack: month, asks: [ask('audit.list'), ask('audit.people')] },
  {
    page: 'Audit trail: a year back',
    hoursBack: null,
    asks: [ask('audit.list', ({ deepAudit }) => ({ cursor: deepAudit }))],
  },
  {
    page: 'Audit trail: one action',
    hoursBack: null,
    asks: [
      ask('audit.list', () => ({ action: 'session:sign-in' })),
      ask('audit.export-page', () => ({ action: 'session:sign-in' })),
    ],
  },
  {
    page: 'An audit entry',
    hoursBack: null,
    asks: [ask('audit.get', ({ auditId }) => ({ id: auditId }))],
  },
  { page: 'Sessions', hoursBack: null, asks: [ask('session.list'), ask('session.list-own')] },
  {
    page: 'A session',
    hoursBack: null,
    asks: [ask('session.get', ({ sessionRow }) => ({ id: sessionRow }))],
  },
  {
    page: 'Security events',
    hoursBack: null,
    asks: [
      ask('security-event.list'),
      ask('security-event.get', ({ securityEventId }) => ({ id: securityEventId })),
    ],
  },
  {
    page: 'People',
    hoursBack: null,
    asks: [ask('person.list'), ask('person.get', ({ personId }) => ({ id: personId }))],
  },
  {
    page: 'Password link',
    hoursBack: null,
    asks: [ask('person.find-password-link', () => ({ token: 'none' }))],
  },
  { page: 'API keys', hoursBack: null, asks: [ask('api-key.list'), ask('api-key.get', () => ({ id: 1 }))] },
  {
    page: 'Settings',
    hoursBack: null,
    asks: [ask('setting.list'), ask('setting.history', () => ({ key: 'decision.block_at' }))],
  },
  {
    page: 'Database',
    hoursBack: null,
    asks: [ask('database.health'), ask('database.health-series'), ask('database.capabilities')],
  },
  {
    page: 'Queries',
    hoursBack: null,
    asks: [
      ask('database.queries', () => ({ range: '24h' })),
      ask('database.query-time', () => ({ range: '24h' })),
      ask('database.slow-queries'),
    ],
  },
  {
    page: 'A query',
    hoursBack: null,
    asks: [
      ask('database.query', ({ queryId }) => ({ queryId })),
      ask('database.query-series', ({ queryId }) => ({ queryId })),
    ],
  },
  {
    page: 'Storage',
    hoursBack: null,
    asks: ['overview', 'timeline', 'missing', 'archive', 'disk'].map((name) => ask(`storage.${name}`)),
  },
  {
    page: 'Storage: tables and indexes',
    hoursBack: null,
    asks: [
      ask('storage.tables'),
      ask('storage.indexes'),
      ask('storage.index', () => ({ index: 'transactions_card_time_idx' })),
      ask('maintenance.list'),
    ],
  },
  {
    page: 'Jobs',
    hoursBack: null,
    asks: [
      ask('job.list'),
      ask('job.dashboard-freshness'),
      ask('job.runs', () => ({ job: 'refresh-fraud-dashboard' })),
      ask('job.durations', () => ({ job: 'refresh-fraud-dashboard' })),
    ],
  },
  {
    page: 'Activity',
    hoursBack: null,
    asks: [ask('activity.snapshot'), ask('activity.session', ({ session }) => session)],
  },
  {
    page: 'Pipeline',
    hoursBack: null,
    asks: [
      ask('stream.summary'),
      ask('stream.list'),
      ask('stream.get', ({ streamRow }) => ({ id: streamRow })),
      ask('feature-cache.summary'),
      ask('metric.processes'),
      ask('metric.series', () => ({ metrics: ['db.stream_open', 'db.stream_lag'] })),
    ],
  },
  {
    page: 'Reports: 30 days against 30',
    hoursBack: null,
    asks: [
      ask('report.days'),
      ask('report.merchants'),
      ask('report.merchants', () => ({ order: 'trend' })),
      ask('report.rules'),
      ask('report.analysts'),
    ],
  },
  { page: 'Reports: 500 merchants of a file', hoursBack: null, asks: [ask('report.merchants-page')] },
  {
    page: 'Reports: a year against the one before',
    hoursBack: null,
    asks: ['days', 'merchants', 'rules', 'analysts'].map((name) => ask(`report.${name}`, aYear)),
  },
  { page: 'API usage', hoursBack: null, asks: [ask('api-usage.summary'), ask('api-usage.series')] },
];

/** Queries that no page above asks, each as a page of its own when it needs no input; the others are answered by name. */
export const otherPages = (
  known: Iterable<{ operation: string; input: { safeParse: (value: unknown) => { success: boolean } } }>,
): { pages: Page[]; unasked: string[] } => {
  const asked = new Set(pages.flatMap(({ asks }) => asks.map(({ operation }) => operation)));
  const others = [...known].filter(({ operation }) => !asked.has(operation));
  const open = others.filter(({ input }) => input.safeParse({}).success);
  return {
    pages: open.map(({ operation }) => ({ page: operation, hoursBack: null, asks: [ask(operation)] })),
    unasked: others.filter((other) => !open.includes(other)).map(({ operation }) => operation),
  };
};
