import fs from 'node:fs';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import type { Count } from './run';

/** Counts of a vitest JSON report, with the names of what failed; a run that left none counts as one failure. */
export function vitestCount(file: string, exitCode: number): Count {
  const report = read(file) as { numPassedTests: number; testResults: Suite[] } | null;
  if (!report) return { passed: 0, failed: 1, failures: ['the run left no report'] };
  const failures = report.testResults.flatMap((suite) => {
    const name = path.relative(process.cwd(), suite.name);
    const failed = suite.assertionResults.filter((one) => one.status === 'failed');
    // Of a file that does not load, and of one whose end fails, no test says so.
    if (failed.length === 0 && suite.status === 'failed') return [line([name], suite.message)];
    return failed.map((one) =>
      line(
        [name, ...one.ancestorTitles, one.title].filter((part) => part !== ''),
        one.failureMessages[0],
      ),
    );
  });
  return count(report.numPassedTests, failures, exitCode);
}

type Suite = {
  name: string;
  status: string;
  message?: string;
  assertionResults: Test[];
};
type Test = { status: string; title: string; ancestorTitles: string[]; failureMessages: string[] };

/** Counts of a Playwright JSON report; errors outside a story (a product that does not start) count as failures. */
export function playwrightCount(file: string, exitCode: number): Count {
  const report = read(file) as { stats: { expected: number }; suites: Group[]; errors: Fault[] } | null;
  if (!report) return { passed: 0, failed: 1, failures: ['the run left no report'] };
  const failures = [
    ...report.suites.flatMap((suite) => failedStories(suite, [])),
    ...report.errors.map((error) => line(['outside the stories'], error.message)),
  ];
  return count(report.stats.expected, failures, exitCode);
}

type Fault = { message?: string };
type Group = { title: string; specs?: Story[]; suites?: Group[] };
type Story = { title: string; tests: { status: string; results: { error?: Fault }[] }[] };

/** Flaky ones are among them. */
function failedStories(group: Group, above: string[]): string[] {
  const names = [...above, group.title];
  const own = (group.specs ?? []).flatMap((story) =>
    story.tests
      .filter((one) => one.status === 'unexpected' || one.status === 'flaky')
      .map((one) =>
        line([...names, story.title], one.results.find((result) => result.error)?.error?.message),
      ),
  );
  return [...own, ...(group.suites ?? []).flatMap((inner) => failedStories(inner, names))];
}

function count(passed: number, failures: string[], exitCode: number): Count {
  if (failures.length > 0 || exitCode === 0) return { passed, failed: failures.length, failures };
  return { passed, failed: 1, failures: [`no test failed, but it ended with exit code ${exitCode}`] };
}

/** A name and the first line of what went wrong. */
function line(names: string[], message = ''): string {
  const first = stripVTControlCharacters(message)
    .split('\n')
    .map((one) => one.trim())
    .find((one) => one !== '');
  return first ? `${names.join(' › ')}\n    ${first.slice(0, 300)}` : names.join(' › ');
}

function read(file: string): unknown {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}
