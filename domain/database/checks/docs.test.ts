import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { formatBytes, formatCompact, formatDuration, formatNumber } from '@/components/format';
import messages from '@/messages/en.json';
import { type CheckDefinition, type CheckUnit, checkAreas } from './definition';
import { definitions } from './definitions';

const paper = readFileSync('docs/operations.md', 'utf8');
const words = messages.database as unknown as {
  areas: Record<string, string>;
  checks: Record<string, Record<'name' | 'means' | 'cause' | 'fix', string>>;
  examined: Record<string, string>;
  evidence: Record<string, string>;
};

const amount = (value: number, unit: CheckUnit): string =>
  ({
    percent: () => `${formatNumber(value)} %`,
    seconds: () => formatDuration(value),
    bytes: () => formatBytes(value),
    days: () => `${value} d`,
    ids: () => formatCompact(value),
    times: () => `${value} ×`,
    index: () => formatNumber(value, 2),
    count: () => formatNumber(value),
  })
    [unit]()
    .replaceAll('\u00a0', ' ');

const limit = (value: number | null, { unit, below }: CheckDefinition): string =>
  value === null ? '–' : `${below ? '<' : '≥'} ${amount(value, unit)}`;

/** The table of docs/operations.md, as it must be. */
const table = checkAreas.flatMap((area) =>
  (definitions as readonly CheckDefinition[])
    .filter((one) => one.area === area)
    .map(
      (one) =>
        `| ${words.areas[area]} | ${words.checks[one.name]?.name} | ${words.checks[one.name]?.means} | ${limit(one.warning, one)} | ${limit(one.critical, one)} |`,
    ),
);

test('docs/operations.md lists every check with its limits, and no other', () => {
  const section = paper.slice(paper.indexOf('### Checks of the database'));
  const listed = section
    .split('\n')
    .filter(
      (line) => words.areas && Object.values(words.areas).some((area) => line.startsWith(`| ${area} |`)),
    );
  expect(listed).toEqual(table);
});

test('every check has its words, and so has everything it shows', () => {
  for (const one of definitions as readonly CheckDefinition[]) {
    for (const part of ['name', 'means', 'cause', 'fix'] as const)
      expect(words.checks[one.name]?.[part], `${one.name}.${part}`).toBeTruthy();
    expect(words.examined[one.examines], `${one.name} examines ${one.examines}`).toBeTruthy();
    for (const column of one.columns)
      expect(words.evidence[column.split(':')[0]!], `${one.name} ${column}`).toBeTruthy();
  }
  expect(Object.keys(words.checks).sort()).toEqual(definitions.map(({ name }) => name).sort() as string[]);
});
