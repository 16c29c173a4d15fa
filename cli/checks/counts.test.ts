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

const none = { passed: 0, failed: 1, failures: ['the run left no report'], places: [] };
const suite = (status: string, assertionResults: unknown[], message = '') => ({
  name: path.resolve('domain/a.test.ts'),
  status,
  message,
  assertionResults,
});
const failed = (title: string, message: string) => ({
  status: 'failed',
  title,
  ancestorTitles: ['payments'],
  failureMessages: [message],
});
const passed = { status: 'passed', title: 'good', ancestorTitles: [], failureMessages: [] };

test('a run that left no report is one failure, not none', () => {
  expect(vitestCount(path.join(dir, 'absent'), 0)).toEqual(none);
  expect(playwrightCount(path.join(dir, 'absent'), 0)).toEqual(none);
});

test('a failed test is named with the first line of what went wrong, in no colour', () => {
  const results = [
    suite('failed', [passed, failed('refused', '\n\u001b[31mError: expected 1\u001b[39m\n    at a.ts')]),
  ];
  expect(vitestCount(write({ numPassedTests: 7, testResults: results }), 1)).toEqual({
    passed: 7,
    failed: 1,
    failures: ['domain/a.test.ts › payments › refused\n    Error: expected 1'],
    places: ['domain/a.test.ts'],
  });
});

test('a file that did not load counts, and so does one whose end failed', () => {
  const results = [suite('failed', [], 'no such module'), suite('failed', [passed], 'hook timed out')];
  expect(vitestCount(write({ numPassedTests: 7, testResults: results }), 1)).toEqual({
    passed: 7,
    failed: 2,
    failures: ['domain/a.test.ts\n    no such module', 'domain/a.test.ts\n    hook timed out'],
    places: ['domain/a.test.ts', 'domain/a.test.ts'],
  });
});

test('a bad exit code without a failed test counts', () => {
  const file = write({ numPassedTests: 7, testResults: [suite('passed', [passed])] });
  expect(vitestCount(file, 1)).toEqual({
    passed: 7,
    failed: 1,
    failures: ['no test failed, but it ended with exit code 1'],
    places: [],
  });
  expect(vitestCount(file, 0)).toEqual({ passed: 7, failed: 0, failures: [], places: [] });
});

test('a flaky story is a failure, and so is what goes wrong outside the stories', () => {
  const story = (title: string, status: string) => ({
    title,
    file: 'alerts.spec.ts',
    line: title.length,
    tests: [{ status, results: [{ error: { message: `${title} went wrong\nat a.ts` } }, {}] }],
  });
  const file = write({
    stats: { expected: 5 },
    suites: [
      {
        title: 'alerts.spec.ts',
        specs: [story('opens', 'unexpected'), story('lists', 'expected')],
        suites: [{ title: 'a case', specs: [story('closes', 'flaky')] }],
      },
    ],
    errors: [{ message: 'the product did not start' }],
  });
  expect(playwrightCount(file, 1)).toEqual({
    passed: 5,
    failed: 3,
    failures: [
      'alerts.spec.ts › opens\n    opens went wrong',
      'alerts.spec.ts › a case › closes\n    closes went wrong',
      'outside the stories\n    the product did not start',
    ],
    places: ['alerts.spec.ts:5', 'alerts.spec.ts:6'],
  });
});
