import type { Maybe } from './format';

export type CsvValue = Maybe<string | number | boolean>;

/** One field, quoted where needed; text that a spreadsheet would run as a formula gets a leading apostrophe. */
function csvField(value: CsvValue): string {
  if (value === null || value === undefined) return '';
  let text = String(value);
  if (typeof value === 'string' && /^[=+\-@\t\r]/.test(text) && !/^-?\d+(\.\d+)?$/.test(text))
    text = `'${text}`;
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** One line of RFC 4180, with its end. */
export const csvLine = (row: readonly CsvValue[]): string => `${row.map(csvField).join(',')}\r\n`;

/** RFC 4180 text of a head and rows. */
export function toCsv(head: readonly string[], rows: readonly (readonly CsvValue[])[]): string {
  return [head, ...rows].map(csvLine).join('');
}

/** Hands text to the browser as a file. */
export function downloadCsv(name: string, text: string) {
  const url = URL.createObjectURL(new Blob([`\ufeff${text}`], { type: 'text/csv;charset=utf-8' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name.endsWith('.csv') ? name : `${name}.csv`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
