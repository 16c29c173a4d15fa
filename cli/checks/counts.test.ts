import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { playwrightCount, vitestCount } from './counts';

const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'vigil-counts-'));
afterAll(() => fs.rmSync(dir, { recursive: true, force: true }));
const write = (value: unknown) => {
  const file = path.join(dir, 'report.json');
  fs.writeFileSync(file, JSON.stringify(value));
  return file;
};

test('a run that left no report is one failure, not none', () => {
  expect(vitestCount(path.join(dir, 'absent'), 0)).toEqual({ passed: 0, failed: 1 });
  expect(playwrightCount(path.join(dir, 'absent'), 0)).toEqual({ passed: 0, failed: 1 });
});

test('a file that did not load counts', () => {
  const suites = [
    { status: 'failed', assertionResults: [] },
    { status: 'passed', assertionResults: [{}] },
  ];
  const file = write({ numPassedTests: 7, numFailedTests: 2, testResults: suites });
  expect(vitestCount(file, 1)).toEqual({ passed: 7, failed: 3 });
});

test('a bad exit code without a failed test counts', () => {
  const file = write({ numPassedTests: 7, numFailedTests: 0, testResults: [] });
  expect(vitestCount(file, 1)).toEqual({ passed: 7, failed: 1 });
  expect(vitestCount(file, 0)).toEqual({ passed: 7, failed: 0 });
});

test('a flaky story is a failure', () => {
  const file = write({ stats: { expected: 5, unexpected: 1, flaky: 1 } });
  expect(playwrightCount(file, 1)).toEqual({ passed: 5, failed: 2 });
});
