import type { CheckDefinition, CheckUnit } from './definition';

export type CheckStatus = 'ok' | 'warning' | 'critical' | 'skipped' | 'too_little';

/** Why nothing was judged: worded in `database.skipped.<code>`. */
export type SkipReason =
  | 'none_there'
  | 'switched_off'
  | 'not_configured'
  /** What would say so does not answer. */
  | 'not_answering'
  | 'no_statements'
  | 'no_permission'
  | 'timed_out'
  | 'locked'
  | 'failed';
/** What there is too little of. */
export type LittleReason = 'no_samples' | 'few_events' | 'short_window';

/** A value of a sentence; one with a unit is worded by the page. */
export type Fact = string | number | { value: number; unit: CheckUnit };
export type Facts = Record<string, Fact>;
export type Cell = string | number | null;

/** What a check found: a value over so many things, or why there is none. */
export type Reading =
  | {
      value: number;
      /** How many things were looked at; with none nothing can be ok. */
      examined: number;
      /** Not milder than this, whatever the limits say. */
      atLeast?: 'warning' | 'critical';
      /** For the sentences: always with `object`, the name of the worst. */
      facts?: Facts;
      /** Rows of the definition's columns, worst first. */
      evidence?: Cell[][];
      /** Statements that put it right, to be copied. */
      sql?: string[];
    }
  | { skipped: SkipReason; facts?: Facts }
  | { tooLittle: LittleReason; facts?: Facts };

export type CheckResult = {
  name: string;
  status: CheckStatus;
  value: number | null;
  examined: number;
  reason: SkipReason | LittleReason | null;
  facts: Facts;
  evidence: Cell[][];
  sql: string[];
};

/** What a person reads is bounded: so many rows of evidence, so long a text. */
export const mostEvidence = 20;
const mostStatements = 10;
const longestText = 300;

const cut = (cell: Cell): Cell =>
  typeof cell === 'string' && cell.length > longestText ? `${cell.slice(0, longestText - 1)}…` : cell;

/** Holds a reading against the limits of its check; at a limit counts as past it. Never 'ok' without anything examined. */
export const judge = (definition: CheckDefinition, reading: Reading): CheckResult => {
  const { name, warning, critical, below = false } = definition;
  const nothing = { name, value: null, examined: 0, facts: {}, evidence: [], sql: [] };
  if ('skipped' in reading)
    return { ...nothing, status: 'skipped', reason: reading.skipped, facts: reading.facts ?? {} };
  if ('tooLittle' in reading)
    return { ...nothing, status: 'too_little', reason: reading.tooLittle, facts: reading.facts ?? {} };
  if (reading.examined === 0)
    return { ...nothing, status: 'skipped', reason: 'none_there', facts: reading.facts ?? {} };
  const { value, examined, facts = {}, evidence = [], sql = [] } = reading;
  const past = (limit: number | null) => limit !== null && (below ? value < limit : value >= limit);
  const byLimits = past(critical) ? 'critical' : past(warning) ? 'warning' : 'ok';
  const rank: CheckStatus[] = ['ok', 'warning', 'critical'];
  const floor = reading.atLeast ?? 'ok';
  const status = rank.indexOf(floor) > rank.indexOf(byLimits) ? floor : byLimits;
  return {
    name,
    status,
    value,
    examined,
    reason: null,
    facts,
    evidence: evidence.slice(0, mostEvidence).map((row) => row.map(cut)),
    sql: status === 'ok' ? [] : sql.slice(0, mostStatements),
  };
};
