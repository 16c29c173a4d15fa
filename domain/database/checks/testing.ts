import { expect } from 'vitest';
import { databaseSql } from '@/db/client';
import type { CheckName } from './definitions';
import type { CheckResult } from './judge';
import { type CheckPass, runChecks } from './run-checks';

type Limits = NonNullable<Parameters<typeof runChecks>[1]>['limits'];

/** Every check once, as the role that the test is connected as. */
export const passOf = (limits?: Limits): Promise<CheckPass> =>
  databaseSql().begin('read only', (tx) => runChecks(tx, { limits })) as Promise<CheckPass>;

export const resultOf = async (name: CheckName, limits?: Limits): Promise<CheckResult> => {
  const { results } = await passOf(limits);
  return results.find((one) => one.name === name)!;
};

const isRed = (status: string) => status === 'warning' || status === 'critical';

type Incident = {
  check: CheckName;
  /** Where the stated limit takes too long to reach. */
  limits?: Limits;
  /** Makes it happen; what it returns undoes it. */
  begin: () => Promise<() => Promise<unknown>>;
  /** Names that the check must say: of the worst, and in its statements. */
  object: string | RegExp;
  sql?: RegExp;
  status?: 'warning' | 'critical';
  /** What else the check must have found. */
  facts?: Record<string, unknown>;
  /** Other checks that the same fault rightly turns red. */
  also?: CheckName[];
};

const within = { timeout: 40_000, interval: 250 };

/**
 * Scripts an incident: its check turns red and names the right object, no other check does, and it is as before once
 * the fault is gone. What other tests do on the same server may pass through a result, so each is asked again for a while.
 */
export const scriptIncident = async (incident: Incident): Promise<CheckResult> => {
  const { check, limits, also = [] } = incident;
  let red: CheckResult[] = [];
  const calm = async () => {
    red = (await passOf(limits)).results.filter((one) => isRed(one.status));
    return JSON.stringify(red.find((one) => one.name === check)) ?? 'calm';
  };
  await expect.poll(calm, within).toBe('calm');
  const redBefore = new Set(red.map((one) => one.name));
  const end = await incident.begin();
  let found: CheckResult | undefined;
  try {
    await expect
      .poll(async () => {
        const { results } = await passOf(limits);
        found = results.find((one) => one.name === check);
        const worse = results.filter((one) => isRed(one.status) && !redBefore.has(one.name));
        return {
          object: String(found?.facts.object),
          facts: found?.facts,
          worse: worse.map((one) => one.name).filter((name) => !also.includes(name as CheckName)),
        };
      }, within)
      .toEqual({
        object: expect.stringMatching(incident.object),
        facts: expect.objectContaining(incident.facts ?? {}),
        worse: [check],
      });
  } finally {
    await end();
  }
  expect(found?.examined).toBeGreaterThan(0);
  if (incident.status) expect(found?.status).toBe(incident.status);
  if (incident.sql) expect(found?.sql.join('\n')).toMatch(incident.sql);
  await expect.poll(calm, within).toBe('calm');
  return found as CheckResult;
};
