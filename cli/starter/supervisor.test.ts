import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { findProcess, pause, waitUntil } from '@/db/process-table';
import { claimRun, endLeftoverProcesses } from './run-marks';
import { root } from './settings';
import { Supervisor } from './supervisor';

let dir: string;
let supervisor: Supervisor;

beforeEach(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'vigil-supervisor-'));
  supervisor = new Supervisor(dir);
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
});

afterEach(async () => {
  await supervisor.stop();
  vi.restoreAllMocks();
  fs.rmSync(dir, { recursive: true, force: true });
});

const env = { PATH: process.env.PATH ?? '', VIGIL_PROCESS: 'test' };
const waits = 'setInterval(() => {}, 1000)';
const pidOf = (name: string): number | null => {
  try {
    return JSON.parse(fs.readFileSync(path.join(dir, 'run', `${name}.json`), 'utf8')).pid;
  } catch {
    return null;
  }
};

test('a killed process is started again, a stopped one is not', async () => {
  claimRun(dir, '');
  supervisor.start({ name: 'one', args: ['-e', waits], env });
  const first = pidOf('one')!;
  process.kill(first, 'SIGKILL');
  expect(await waitUntil(() => ![null, first].includes(pidOf('one')), 5_000)).toBe(true);
  const second = pidOf('one')!;
  await supervisor.stop();
  expect(findProcess(second)).toBeNull();
  await pause(700);
  expect(pidOf('one')).toBeNull();
});

test('waits longer after each failure, says so loudly at the fifth, with the last lines', async () => {
  claimRun(dir, '');
  const said: string[] = [];
  vi.mocked(process.stderr.write).mockImplementation((text) => {
    said.push(String(text));
    return true;
  });
  supervisor.start({ name: 'broken', args: ['-e', 'console.error("the reason"); process.exit(3)'], env });
  expect(await waitUntil(() => said.some((line) => line.includes('5 times in a row')), 20_000)).toBe(true);
  expect(said.join('')).toContain('the reason');
  expect(said.join('')).toMatch(/again in 0\.5 s[\s\S]*again in 1 s[\s\S]*again in 2 s/);
  expect(() => supervisor.assertHopeful()).toThrow(/broken does not start/);
}, 30_000);

test('work that may end is left ended', async () => {
  claimRun(dir, '');
  supervisor.start({ name: 'short', args: ['-e', ''], env, mayEnd: true });
  expect(await waitUntil(() => pidOf('short') === null, 5_000)).toBe(true);
  await pause(700);
  expect(pidOf('short')).toBeNull();
});

test('what a process started ends with it, also when it ignores SIGTERM', async () => {
  claimRun(dir, '');
  const script = `const { spawn } = require('node:child_process');
    const c = spawn(process.execPath, ['-e', 'process.on("SIGTERM", () => {}); ${waits}']);
    require('node:fs').writeFileSync('${dir}/grandchild', String(c.pid)); ${waits}`;
  supervisor.start({ name: 'parent', args: ['-e', script], env });
  expect(await waitUntil(() => fs.existsSync(`${dir}/grandchild`), 5_000)).toBe(true);
  await pause(200);
  const grandchild = Number(fs.readFileSync(`${dir}/grandchild`, 'utf8'));
  await supervisor.stop();
  expect(await waitUntil(() => findProcess(grandchild) === null, 3_000)).toBe(true);
});

test('children of a killed starter end by themselves; the next start ends those that did not', async () => {
  const script = path.join(dir, 'starter.mts');
  fs.writeFileSync(
    script,
    `import { Supervisor } from '${root}/cli/starter/supervisor.ts';
     import { claimRun } from '${root}/cli/starter/run-marks.ts';
     claimRun('${dir}', 'http://localhost:1');
     const s = new Supervisor('${dir}');
     const env = { PATH: process.env.PATH, VIGIL_PROCESS: 'test' };
     s.start({ name: 'leashed', args: ['-e', ${JSON.stringify(waits)}], env });
     s.start({ name: 'stubborn', args: ['-e', 'process.kill(process.pid, "SIGSTOP")'], env });
     setInterval(() => {}, 1000);`,
  );
  const starter = spawn(process.execPath, ['--import', 'tsx', script], { cwd: root, stdio: 'ignore' });
  expect(await waitUntil(() => pidOf('leashed') !== null && pidOf('stubborn') !== null, 10_000)).toBe(true);
  await pause(500);
  expect(() => claimRun(dir, '')).toThrow(/already runs from .* http:\/\/localhost:1/);
  const leashed = pidOf('leashed')!;
  const stubborn = pidOf('stubborn')!;
  starter.kill('SIGKILL');
  expect(await waitUntil(() => findProcess(leashed) === null, 5_000)).toBe(true);
  expect(findProcess(stubborn)).not.toBeNull();
  claimRun(dir, '');
  expect(await endLeftoverProcesses(dir)).toEqual(['stubborn']);
  expect(findProcess(stubborn)).toBeNull();
}, 40_000);

test('a stranger with a reused number is left alone', async () => {
  claimRun(dir, '');
  const stranger = spawn(process.execPath, ['-e', waits], { stdio: 'ignore' });
  try {
    fs.writeFileSync(path.join(dir, 'run', 'web.json'), JSON.stringify({ pid: stranger.pid, started: '1' }));
    expect(await endLeftoverProcesses(dir)).toEqual([]);
    expect(findProcess(stranger.pid!)).not.toBeNull();
  } finally {
    stranger.kill('SIGKILL');
  }
});
