import fs from 'node:fs';
import type { Count } from './run';

/** Counts of a vitest JSON report; a run that left none counts as one failure. */
export function vitestCount(file: string, exitCode: number): Count {
  const report = read(file) as {
    numPassedTests: number;
    numFailedTests: number;
    testResults: Suite[];
  } | null;
  if (!report) return { passed: 0, failed: 1 };
  // A file that does not load has no tests that could fail.
  const broken = report.testResults.filter(
    (suite) => suite.status === 'failed' && suite.assertionResults.length === 0,
  );
  const failed = report.numFailedTests + broken.length;
  return { passed: report.numPassedTests, failed: failed === 0 && exitCode !== 0 ? 1 : failed };
}

type Suite = { status: string; assertionResults: unknown[] };

/** Counts of a Playwright JSON report; errors outside a story (a product that does not start) count as failures. */
export function playwrightCount(file: string, exitCode: number): Count {
  const report = read(file) as { stats: { expected: number; unexpected: number; flaky: number } } | null;
  if (!report) return { passed: 0, failed: 1 };
  const { expected, unexpected, flaky } = report.stats;
  const failed = unexpected + flaky;
  return { passed: expected, failed: failed === 0 && exitCode !== 0 ? 1 : failed };
}

function read(file: string): unknown {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}
