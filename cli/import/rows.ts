import { fieldIssues } from '@/domain/errors';
import type { ImportRow, Rejection, RowLabel } from '@/domain/imports/run';
import { type Payment, paymentInput } from '@/domain/transactions/input';
import { amountMisfit } from '@/domain/transactions/money';
import { wordedIssues } from '@/ingest/problems';
import { UsageError } from '../options';
import { type ImportArguments, longestDelayMs } from './arguments';
import type { Line } from './csv';
import { momentReader } from './moments';

const numbers = new Set(['latitude', 'longitude']);
const labels: Record<string, boolean> = {
  ...Object.fromEntries(
    ['1', '1.0', 'true', 't', 'yes', 'y', 'fraud', 'chargeback'].map((text) => [text, true]),
  ),
  ...Object.fromEntries(
    ['0', '0.0', 'false', 'f', 'no', 'n', 'legitimate', 'genuine'].map((text) => [text, false]),
  ),
};
const aheadMs = 10 * 60_000;
/** As far back as partitions can be made. */
const oldestYears = 20;

type Mapping = Pick<ImportArguments, 'map' | 'set' | 'label' | 'zone' | 'prefix'>;
export type Columns = {
  at: number;
  label: number | null;
  /** Of the moment at which the label became known. */
  known: number | null;
  fields: readonly (readonly [field: string, column: number])[];
};

/** Where in a line the columns of the mapping are. @throws UsageError naming one that is not there, or there twice */
export const findColumns = (header: readonly string[], { map, label }: Mapping, file: string): Columns => {
  const names = header.map((name) => name.trim());
  const find = (option: string, column: string): number => {
    const at = names.indexOf(column);
    if (at < 0)
      throw new UsageError(`${option}: ${file} has no column ${column}. It has: ${names.join(', ')}.`);
    if (names.indexOf(column, at + 1) >= 0)
      throw new UsageError(`${option}: ${file} has more than one column ${column}.`);
    return at;
  };
  const fields = Object.entries(map).map(
    ([field, column]) => [field, find(`--map ${field}=${column}`, column)] as const,
  );
  return {
    at: fields.find(([field]) => field === 'transaction_timestamp')?.[1] as number,
    label: label && find(`--label ${label.column}`, label.column),
    known:
      label && 'knownColumn' in label ? find(`--label-known ${label.knownColumn}`, label.knownColumn) : null,
    fields: fields.filter(([field]) => field !== 'transaction_timestamp'),
  };
};

const put = (sent: Record<string, unknown>, field: string, text: string): void => {
  if (text === '') return;
  if (field.startsWith('metadata.')) {
    const metadata = (sent.metadata ?? {}) as Record<string, string>;
    metadata[field.slice('metadata.'.length)] = text;
    sent.metadata = metadata;
  } else sent[field] = numbers.has(field) ? Number(text) : text;
};

const shown = (text: string): string => JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);

/**
 * Reads lines as payments, as the API would, with moments and labels as files have them.
 * @param rates what a unit of each currency is worth; a payment in another is rejected
 */
export const rowReader = (
  width: number,
  columns: Columns,
  mapping: Mapping,
  rates: Readonly<Record<string, number>>,
  nowMs = Date.now(),
): ((line: Line) => ImportRow) => {
  const readMoment = momentReader(mapping.zone);
  const oldest = new Date(nowMs);
  oldest.setUTCFullYear(oldest.getUTCFullYear() - oldestYears);
  const constants = Object.entries(mapping.set);
  const delayMs = mapping.label && 'delayMs' in mapping.label ? mapping.label.delayMs : 0;

  const timestamp = (text: string): string | Rejection => {
    const refuse = (reason: string) => ({ field: 'transaction_timestamp', reason });
    if (text === '') return refuse('This field is needed.');
    const ms = readMoment(text);
    if (ms === null) return refuse(`This is not a moment (${mapping.zone}): ${shown(text)}.`);
    if (ms > nowMs + aheadMs) return refuse(`This is more than ten minutes from now: ${shown(text)}.`);
    if (ms <= oldest.getTime()) return refuse(`This is more than ${oldestYears} years ago: ${shown(text)}.`);
    return new Date(ms).toISOString();
  };
  const labelOf = (cells: readonly string[], at: string): RowLabel | null | Rejection => {
    const text = columns.label === null ? '' : (cells[columns.label] as string).trim();
    if (text === '') return null;
    const isFraud = labels[text.toLowerCase()];
    if (isFraud === undefined)
      return { field: 'label', reason: `This says neither fraud nor legitimate: ${shown(text)}.` };
    const known = knownOf(cells, Date.parse(at), isFraud);
    return known === null || typeof known === 'object' ? known : { isFraud, knownMs: known };
  };
  const knownOf = (cells: readonly string[], at: number, isFraud: boolean): number | null | Rejection => {
    if (columns.known === null) return at + delayMs;
    const refuse = (reason: string) => ({ field: 'label_known', reason });
    const text = (cells[columns.known] as string).trim();
    // Files say 0 of what nothing is known about; that something is fraud, somebody has learned one day.
    if (text === '')
      return isFraud ? refuse('A label that says fraud needs the moment it became known.') : null;
    const ms = readMoment(text);
    if (ms === null) return refuse(`This is not a moment (${mapping.zone}): ${shown(text)}.`);
    if (ms < at) return refuse(`This lies before its payment: ${shown(text)}.`);
    if (ms > at + longestDelayMs)
      return refuse(`This is more than ten years after its payment: ${shown(text)}.`);
    return ms;
  };
  const payment = (cells: readonly string[], at: string): Payment | Rejection => {
    const sent: Record<string, unknown> = { transaction_timestamp: at };
    for (const [field, text] of constants) put(sent, field, text);
    for (const [field, column] of columns.fields) put(sent, field, (cells[column] as string).trim());
    if (typeof sent.transaction_id === 'string') sent.transaction_id = mapping.prefix + sent.transaction_id;
    const parsed = paymentInput.safeParse(sent);
    if (!parsed.success) {
      const [first] = wordedIssues(fieldIssues(parsed.error));
      return { field: first?.field ?? null, reason: first?.message ?? 'This is no payment.' };
    }
    const misfit = amountMisfit(parsed.data, rates);
    if (misfit === null) return parsed.data;
    return misfit === 'no_rate'
      ? { field: 'currency', reason: `This currency has no rate: ${parsed.data.currency}.` }
      : { field: 'amount', reason: 'This amount is too large to be kept in the base currency.' };
  };

  return (one) => {
    const { cells } = one;
    const rejected = (rejection: Rejection): ImportRow => ({ ...one, rejection });
    if (cells.length !== width)
      return rejected({ field: null, reason: `This row has ${cells.length} cells, the header ${width}.` });
    const at = timestamp((cells[columns.at] as string).trim());
    if (typeof at !== 'string') return rejected(at);
    const label = labelOf(cells, at);
    if (label !== null && 'reason' in label) return rejected(label);
    const read = payment(cells, at);
    return 'reason' in read ? rejected(read) : { ...one, payment: read, label };
  };
};
