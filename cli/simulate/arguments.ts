import { parseArgs } from 'node:util';
import { demoTraffic } from '@/db/seed/simulator/demo';
import type { SimulatorOptions } from '@/db/seed/simulator/timeline';
import { UsageError } from '../options';
import { apiAccess } from '../replay/arguments';

export const usage = `Makes believable payments: thousands of customers with habits, seven kinds of fraud, late chargebacks.

  npm run simulate                             sends them as they happen, and labels when they become known
  npm run simulate -- --days 30 --out FILE     writes them into a CSV file (.csv or .csv.gz) instead

    --seed N             other customers, other frauds (default 1)
    --customers N        how many people pay (default 4000)
    --per-hour N         mean payments an hour (default 500)
    --fraud-share X      share of fraud, 0 to 0.2 (default 0.008)
    --prefix TEXT        begins each transaction_id (default sim-)
    --to TIME            where the file ends (default now), such as 2026-05-01T00:00:00Z
    --begun TIME         the traffic of a demo that was started then, instead of the five options above
    --url URL --key KEY  the API and a key with scopes ingest and labels (else VIGIL_INGEST_URL and VIGIL_API_KEY,
                         else credentials.json in VIGIL_DATA_DIR)`;

export type SimulateArguments = { traffic: SimulatorOptions } & (
  | { mode: 'send'; url: string; key: string }
  | { mode: 'write'; file: string; from: number; to: number }
);

const number = (option: string, text: string, least: number, most: number): number => {
  const value = Number(text);
  if (text.trim() !== '' && value >= least && value <= most) return value;
  throw new UsageError(`--${option} is ${text}; it takes ${least} to ${most}.`);
};

const whole = (option: string, text: string, least: number, most: number): number => {
  const value = number(option, text, least, most);
  if (Number.isInteger(value)) return value;
  throw new UsageError(`--${option} is ${text}; it takes a whole number.`);
};

const moment = (option: string, text: string): number => {
  const value = Date.parse(text);
  if (/^\d{4}-\d\d-\d\dT.*(Z|[+-]\d\d:\d\d)$/.test(text) && Number.isFinite(value)) return value;
  throw new UsageError(`--${option} is ${text}; it looks like 2026-05-01T00:00:00Z.`);
};

const text = { type: 'string' } as const;

const parse = (args: readonly string[]) => {
  try {
    return parseArgs({
      args: [...args],
      options: {
        ...{ seed: text, customers: text, 'per-hour': text, 'fraud-share': text, prefix: text },
        ...{ days: text, out: text, to: text, begun: text, url: text, key: text },
      },
    }).values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
};

const ownTraffic = ['seed', 'customers', 'per-hour', 'fraud-share', 'prefix'] as const;

const trafficOf = (given: ReturnType<typeof parse>): SimulatorOptions => {
  if (given.begun !== undefined) {
    const other = ownTraffic.find((option) => given[option] !== undefined);
    if (other) throw new UsageError(`--${other} and --begun do not go together.`);
    return demoTraffic(moment('begun', given.begun));
  }
  const prefix = given.prefix ?? 'sim-';
  if (prefix.length > 60) throw new UsageError('--prefix takes at most 60 characters.');
  return {
    seed: whole('seed', given.seed ?? '1', 0, 2 ** 31),
    customers: whole('customers', given.customers ?? '4000', 1, 1_000_000),
    perDay: 24 * number('per-hour', given['per-hour'] ?? '500', 1, 1_000_000),
    fraudShare: number('fraud-share', given['fraud-share'] ?? '0.008', 0, 0.2),
    prefix,
  };
};

/** Reads the command line. @throws UsageError */
export const readArguments = (args: readonly string[], env: NodeJS.ProcessEnv): SimulateArguments => {
  const given = parse(args);
  const traffic = trafficOf(given);
  if (given.out === undefined) {
    const alone = given.days === undefined ? given.to && 'to' : 'days';
    if (alone) throw new UsageError(`--${alone} goes with --out.`);
    return { mode: 'send', traffic, ...apiAccess(env, { url: given.url, key: given.key }) };
  }
  if (!/\.csv(\.gz)?$/.test(given.out))
    throw new UsageError(`--out is ${given.out}; it ends in .csv or .csv.gz.`);
  const to = given.to === undefined ? Date.now() : moment('to', given.to);
  const days = number('days', given.days ?? '30', 0.01, 3650);
  return { mode: 'write', traffic, file: given.out, from: to - days * 86_400_000, to };
};
