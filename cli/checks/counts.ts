import fs from 'node:fs';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import type { Count } from './run';

/** Counts of a vitest JSON report, with the names of what failed; a run that left none counts as one failure. */
export function vitestCount(file: string, exitCode: number): Count {
  const report = read(file) as { numPassedTests: number; testResults: Suite[] } | null;
  if (!report) return withoutReport();
  const failures = report.testResults.flatMap((suite): Failure[] => {
    const name = path.relative(process.cwd(), suite.name);
    const failed = suite.assertionResults.filter((one) => one.status === 'failed');
    // Of a file that does not load, and of one whose end fails, no test says so.
    if (failed.length === 0 && suite.status === 'failed')
      return [{ said: line([name], suite.message), place: name }];
    return failed.map((one) => ({
      said: line(
        [name, ...one.ancestorTitles, one.title].filter((part) => part !== ''),
        one.failureMessages[0],
      ),
      place: name,
    }));
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
  if (!report) return withoutReport();
  const failures: Failure[] = [
    ...report.suites.flatMap((suite) => failedStories(suite, [])),
    ...report.errors.map((error) => ({ said: line(['outside the stories'], error.message) })),
  ];
  return count(report.stats.expected, failures, exitCode);
}

type Fault = { message?: string };
type Group = { title: string; specs?: Story[]; suites?: Group[] };
type Story = {
  title: string;
  file: string;
  line: number;
  tests: { status: string; results: { error?: Fault }[] }[];
};

/** Flaky ones are among them. */
function failedStories(group: Group, above: string[]): Failure[] {
  const names = [...above, group.title];
  const own = (group.specs ?? []).flatMap((story) =>
    story.tests
      .filter((one) => one.status === 'unexpected' || one.status === 'flaky')
      .map((one) => ({
        said: line([...names, story.title], one.results.find((result) => result.error)?.error?.message),
        place: `${story.file}:${story.line}`,
      })),
  );
  return [...own, ...(group.suites ?? []).flatMap((inner) => failedStories(inner, names))];
}

type Failure = { said: string; place?: string };

function count(passed: number, failures: Failure[], exitCode: number): Count {
  if (failures.length === 0 && exitCode !== 0)
    failures.push({ said: `no test failed, but it ended with exit code ${exitCode}` });
  return {
    passed,
    failed: failures.length,
    failures: failures.map(({ said }) => said),
    places: failures.flatMap(({ place }) => (place ? [place] : [])),
  };
}

const withoutReport = (): Count => ({
  passed: 0,
  failed: 1,
  failures: ['the run left no report'],
  places: [],
});

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
