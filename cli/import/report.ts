import type { ImportProgress } from '@/domain/imports/run';

const number = (value: number): string => Math.round(value).toLocaleString('en');

const lasting = (ms: number): string => {
  const seconds = Math.round(ms / 1000);
  if (seconds < 90) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
};

/** One line that says how far it is. `began` is where this run found it. */
export const progressLine = (
  { next, rejected, labels, at }: ImportProgress,
  rows: number,
  began: { row: number; elapsedMs: number },
): string => {
  const done = next - began.row;
  const perMs = done / Math.max(1, began.elapsedMs);
  return [
    `${number(next)} of ${number(rows)} rows (${Math.floor((next / Math.max(1, rows)) * 100)} %)`,
    `${number(perMs * 1000)}/s`,
    done > 0 && next < rows ? `${lasting((rows - next) / perMs)} left` : '',
    labels > 0 ? `${number(labels)} labels` : '',
    rejected > 0 ? `${number(rejected)} rejected` : '',
    at ? `at ${at.slice(0, 16).replace('T', ' ')}` : '',
  ]
    .filter(Boolean)
    .join(' · ');
};

/** What to know at the end. */
export const endLines = (
  counts: { recorded: number; known: number; rejected: number; labels: number },
  took: { rows: number; ms: number },
  rejects: string,
): string[] => [
  [
    `${number(counts.recorded)} payments imported`,
    counts.known > 0 ? `${number(counts.known)} were there before` : '',
    `${number(counts.labels)} labels set`,
    `${number(took.rows)} rows in ${lasting(took.ms)}${took.ms > 0 ? ` (${number((took.rows / took.ms) * 1000)}/s)` : ''}`,
  ]
    .filter(Boolean)
    .join(' · '),
  ...(counts.rejected > 0
    ? [`${number(counts.rejected)} rows were rejected: ${rejects} says of each line why`]
    : []),
];

/** Says how far the work is: in place on a terminal, else a line every ten seconds. */
export const progressShown = (out: NodeJS.WriteStream) => {
  const everyMs = out.isTTY ? 500 : 10_000;
  let told = Date.now();
  let open = false;
  const wipe = () => {
    if (open) out.write('\r\u001b[2K');
    open = false;
  };
  return {
    tell(text: string): void {
      if (Date.now() - told < everyMs) return;
      told = Date.now();
      out.write(out.isTTY ? `\r\u001b[2K${text.slice(0, (out.columns || 100) - 1)}` : `${text}\n`);
      open = out.isTTY;
    },
    say(text: string): void {
      wipe();
      out.write(`${text}\n`);
    },
    done: wipe,
  };
};
