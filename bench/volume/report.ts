import type { Archived } from './jobs';
import type { Cost, Judged } from './measure';

/** What one page or job cost at each size, and what its plans were. */
export type Line = { name: string; costs: Cost[]; judged: Judged[] };

const ms = (value: number) =>
  value < 10 ? value.toFixed(2) : value < 100 ? value.toFixed(1) : value.toFixed(0);
const size = (rows: number) => (rows >= 1e6 ? `${rows / 1e6} M` : `${rows / 1e3} k`);

const table = (sizes: number[], lines: Line[], first: string): void => {
  const growth = sizes.length > 1 ? [`${size(sizes.at(-1)!)} / ${size(sizes.at(-2)!)}`] : [];
  const heads = [
    first,
    ...sizes.map((rows) => `${size(rows)}, ms`),
    ...growth,
    'statements',
    'partitions',
    'plans',
  ];
  console.log(`| ${heads.join(' | ')} |\n|---|${'--:|'.repeat(heads.length - 2)}---|`);
  for (const { name, costs, judged } of lines) {
    const [last, before] = [costs.at(-1)!, costs.at(-2)];
    const faults = judged.flatMap((one) => one.faults);
    const cells = [
      name,
      ...costs.map((cost) => ms(cost.ms)),
      ...(before ? [`${(last.ms / before.ms).toFixed(2)} ×`] : []),
      last.statements,
      judged.at(-1)?.opened.length ?? 0,
      faults.length > 0 ? `${faults.length} faults` : 'fine',
    ];
    console.log(`| ${cells.join(' | ')} |`);
  }
  console.log('');
};

/** Faults of one kind on one page at one size: how many, and the first. */
export const faultLines = (sizes: number[], lines: Line[]): string[] =>
  lines.flatMap(({ name, judged }) =>
    judged.flatMap(({ faults }, at) => {
      const kinds = new Map<string, string[]>();
      for (const fault of faults) {
        const kind = fault.replace(/_y\d{4}\w+/, '').replace(/\d+/g, '');
        kinds.set(kind, [...(kinds.get(kind) ?? []), fault]);
      }
      return [...kinds.values()].map(
        (all) =>
          `${name}, ${size(sizes[at]!)}: ${all[0]}${all.length > 1 ? `, and ${all.length - 1} more` : ''}`,
      );
    }),
  );

export const printPages = (sizes: number[], lines: Line[]): void => table(sizes, lines, 'page');
export const printJobs = (sizes: number[], lines: Line[]): void => table(sizes, lines, 'besides pages');

export const printArchive = (all: Archived[]): void => {
  console.log(
    '| a month of | archived, ms | brought back, ms | the plan’s DELETE … INSERT, ms | times faster |\n|--:|--:|--:|--:|--:|',
  );
  for (const { rows, byPartition, byRows, backMs } of all)
    console.log(
      `| ${rows.toLocaleString('en')} payments | ${ms(byPartition)} | ${ms(backMs)} | ${ms(byRows)} | ${(byRows / byPartition).toFixed(0)} |`,
    );
  console.log('');
};
