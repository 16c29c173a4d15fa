import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { stringify } from 'csv-stringify/sync';
import type { Sql } from 'postgres';
import { afterAll, expect } from 'vitest';
import { pause } from '@/db/process-table';
import {
  bruteForceFeatures,
  featureDifferences,
  type RecordedPayment,
} from '@/domain/transactions/feature-oracle';
import { features } from '@/domain/transactions/features';
import { generatePayment, seededRandom } from '@/domain/transactions/generated-payments';
import type { Payment } from '@/domain/transactions/input';

const root = path.resolve(import.meta.dirname, '../..');
export const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'vigil-import-'));
afterAll(() => fs.rmSync(dir, { recursive: true, force: true }));

export const dayMs = 86_400_000;
export const columns = [
  'transaction_id',
  'user_id',
  'merchant_id',
  'transaction_timestamp',
  'amount',
  'latitude',
  'longitude',
  'country',
  'device_id',
  'ip_address',
  'channel',
  'card_token',
] as const;
const map = columns.map((name) => `${name}=${name}`);
/** All but when a label became known. */
export const plainOptions = ['--set', 'currency=EUR', '--label', 'fraud', '--map', ...map];

export type Made = { payment: Payment; label: boolean | null; knownMs: number | null };

/**
 * Payments of 40 days that ended ten days ago, to the second, some of them at one moment; busy places among quiet ones.
 * @param knownAfterMs how long after its payment a label became known
 */
export function makePayments(count: number, knownAfterMs: (row: number) => number): Made[] {
  const random = seededRandom(4);
  const world = { prefix: '', users: 60, merchants: 90, devices: 60, addresses: 40, network: 5 };
  const start = Math.floor((Date.now() - 50 * dayMs) / 1000) * 1000;
  let last = start;
  let before: Payment | null = null;
  return Array.from({ length: count }, (_, i) => {
    const again = before !== null && random() < 0.25;
    const due = start + Math.floor(((i / count) * 40 * dayMs) / 1000) * 1000;
    last = again ? last + Math.floor(random() * 90) * 1000 : Math.max(last, due);
    const payment = { ...generatePayment(world, `t${i}`, new Date(last), random), currency: 'EUR' };
    // The same hands within seconds, or at one moment: what velocity is about.
    if (again && random() < 0.6) payment.user_id = before!.user_id;
    if (again && random() < 0.6) payment.card_token = before!.card_token;
    if (again && random() < 0.6) payment.merchant_id = before!.merchant_id;
    before = payment;
    const label = random() < 0.1 ? null : random() < 0.15;
    return { payment, label, knownMs: label === null ? null : last + knownAfterMs(i) };
  });
}

export const write = (name: string, made: readonly Made[], more: readonly string[][] = []): string => {
  const rows = made.map(({ payment, label, knownMs }) => [
    ...columns.map((column) => payment[column] ?? ''),
    label === null ? '' : Number(label),
    knownMs === null ? '' : new Date(knownMs).toISOString(),
  ]);
  const file = path.join(dir, name);
  fs.writeFileSync(file, stringify([[...columns, 'fraud', 'known'], ...rows, ...more]));
  return file;
};

export type Ran = { code: number | null; said: string };

export function start(url: string, args: readonly string[]) {
  const child = spawn(process.execPath, ['--import', 'tsx', 'cli/import.ts', ...args], {
    cwd: root,
    env: {
      PATH: process.env.PATH ?? '',
      NODE_ENV: 'production',
      DATABASE_URL: url,
      VIGIL_DATA_DIR: dir,
      INIT_CWD: dir,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (said += String(data)));
  const ended = new Promise<Ran>((resolve) => child.once('exit', (code) => resolve({ code, said })));
  afterAll(() => child.kill('SIGKILL'));
  return { child, ended };
}

export const run = async (url: string, ...args: string[]): Promise<Ran> => start(url, args).ended;

/** Starts an import and kills it when so many payments are recorded. */
export const killAfter = async (
  sql: Sql,
  url: string,
  args: readonly string[],
  payments: number,
): Promise<void> => {
  const { child, ended } = start(url, args);
  for (;;) {
    const [row] = await sql`select count(*)::int as n from transactions`;
    if (row!.n >= payments) break;
    expect(child.exitCode).toBeNull();
    await pause(20);
  }
  child.kill('SIGKILL');
  await ended;
};

export const importOf = async (sql: Sql, file: string) => {
  const [row] =
    await sql`select status, rows::int, next_row::int as next, recorded::int, known::int, rejected::int,
    labels::int from imports where file_name = ${path.basename(file)} order by id desc limit 1`;
  return row;
};

/** Features that are not what brute force makes of the payments and labels before; and those that never differed. */
export const wrongFeatures = async (
  sql: Sql,
  made: readonly Made[],
): Promise<{ wrong: string[]; alwaysTheSame: string[] }> => {
  const rows =
    await sql`select f.*, x.decision from ml_features f join transactions x using (transaction_id)`;
  const stored = new Map(rows.map((row) => [row.transaction_id, row]));
  const past: RecordedPayment[] = [];
  const wrong: string[] = [];
  const seen = new Map(features.map(({ field }) => [field, new Set<unknown>()]));
  for (const [at, { payment, label, knownMs }] of made.entries()) {
    const row = stored.get(payment.transaction_id)!;
    const now: RecordedPayment = {
      payment,
      ms: Date.parse(payment.transaction_timestamp),
      cents: BigInt(payment.amount.replace('.', '')),
      decision: row.decision,
      isFraud: label,
      labelledAt: knownMs,
    };
    // Every third, and the last ones, which have a month before them.
    if (at % 3 === 0 || at > 2_200) {
      const expected = bruteForceFeatures(now, past);
      for (const { field } of features) seen.get(field)!.add(expected[field]);
      for (const found of featureDifferences(expected, row)) wrong.push(`${payment.transaction_id} ${found}`);
    }
    past.push(now);
  }
  return {
    wrong: wrong.slice(0, 5),
    alwaysTheSame: [...seen].filter(([, values]) => values.size < 2).map(([field]) => field),
  };
};
