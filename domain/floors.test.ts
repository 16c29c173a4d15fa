import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

/** Versions below these have known holes; the advisories are named beside them. */
const floors: Record<string, string> = {
  // CVE-2026-44575, 45109 (proxy bypass), 27978 (Origin: null on server actions) and those before.
  next: '16.2.6',
  react: '19.2.6',
  'react-dom': '19.2.6',
  // CVE-2026-39356: identifiers were not escaped.
  'drizzle-orm': '0.45.2',
  // GHSA-xmf8-cvqr-rfgj: a malformed bearer crashed getToken.
  'next-auth': '4.24.15',
};

const atLeast = (version: string, floor: string): boolean => {
  const [have, need] = [version, floor].map((text) => text.split('.').map(Number)) as [number[], number[]];
  for (const [place, number] of need.entries())
    if (have[place] !== number) return (have[place] ?? 0) > number;
  return true;
};

const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
  packages: Record<string, { version?: string }>;
};

test.each(Object.entries(floors))('%s is at least %s', (name, floor) => {
  const installed = Object.entries(lock.packages).filter(([path]) => path.endsWith(`node_modules/${name}`));
  expect(installed.length).toBeGreaterThan(0);
  for (const [, { version }] of installed) expect(atLeast(version ?? '0', floor), `${version}`).toBe(true);
});

test('every dependency is pinned exactly', () => {
  const { dependencies, devDependencies, optionalDependencies } = JSON.parse(
    readFileSync('package.json', 'utf8'),
  );
  for (const [name, version] of Object.entries({
    ...dependencies,
    ...devDependencies,
    ...optionalDependencies,
  }))
    expect(version, name).toMatch(/^(npm:@?[\w/-]+@)?\d+\.\d+\.\d+/);
});
