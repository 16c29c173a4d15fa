import type { TransactionSql } from 'postgres';
import type { CheckName } from './definitions';
import type { Reading } from './judge';

/** The server as this login sees it. */
export type Server = {
  /** server_version_num. */
  version: number;
  database: string;
  /** May see other roles' sessions and hidden settings (pg_monitor, or a superuser). */
  monitor: boolean;
  /** pg_stat_statements is loaded and its extension there. */
  statements: boolean;
};

type Definition<Names extends CheckName, Found> = {
  name: string;
  /** For each of its statements. */
  timeoutMs: number;
  checks: readonly Names[];
  /** What it reads changes slowly and grows with the number of partitions: read every five minutes. */
  slow?: boolean;
  /** Without pg_monitor the server hides what this group looks at. */
  needsMonitor?: boolean;
  read: (tx: TransactionSql, server: Server) => Promise<Found>;
};

/** Checks that are read together: when their statements fail, only they are not judged. */
export type CheckGroup = Definition<CheckName, Partial<Record<CheckName, Reading>>>;

/** A group whose reading has a result of each of its checks. */
export const group = <const Names extends CheckName>(
  definition: Definition<Names, Record<NoInfer<Names>, Reading>>,
): CheckGroup => definition;

/** A name as SQL writes it. */
export const quoted = (name: string): string =>
  /^[a-z_][a-z0-9_]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`;

/** A text as SQL writes it. */
export const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** A running statement without its values: what stands in literals is nobody's business on a page that is kept. */
export const withoutValues = (statement: string): string =>
  statement
    .replace(/\$(\w*)\$[\s\S]*$/, '…')
    .replace(/'(?:[^']|'')*(?:'|$)/g, "'…'")
    .replace(/\b\d+(?:\.\d+)?\b/g, '…')
    .replace(/\/\*[\s\S]*?\*\//g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 160);
