/**
 * How good are Vigil's models on payments that everybody can try? Imports the public payments of the Fraud Detection
 * Handbook through the pipeline in event time, labels known after seven days, trains Vigil's own models on the features
 * that were recorded, of which a sample is held against brute force, and prints what they reach beside the book's table:
 * AUC ROC, average precision, card precision at 100.
 *
 *   npm run bench:handbook -- --data FOLDER [--dir /tmp/vigil-handbook] [--keep]
 *
 * FOLDER holds fraud-handbook-transactions.csv.gz and fraud-handbook-splits.csv.gz. Starts an embedded PostgreSQL of its own
 * under --dir and removes it afterwards; with --keep it stays, and the next run goes on with what is imported. No
 * feature, rule or option is made for these payments, which are simulated: they say nothing about real ones.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { Sql } from 'postgres';
import { connect } from '@/db/client';
import { startEmbedded } from '@/db/embedded';
import { ensureDatabase, migrate } from '@/db/migrate';
import { modelTypes } from '@/domain/models/input';
import { type Figures, figuresOf, meanOf } from './handbook/figures';
import { published } from './handbook/published';
import { wrongOfSample } from './handbook/sample';
import { readSplits } from './handbook/splits';

const { values: options } = parseArgs({
  options: {
    data: { type: 'string', default: '../shared/data' },
    dir: { type: 'string', default: path.join(os.tmpdir(), 'vigil-handbook') },
    keep: { type: 'boolean', default: false },
  },
});
const dir = path.resolve(options.dir);
const data = (name: string) => path.resolve(options.data, name);
const log = (line: string) => console.error(line);

/** The import, as anybody would run it. */
const importPayments = (url: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const columns = [
      'transaction_id=TRANSACTION_ID',
      'user_id=CUSTOMER_ID',
      'merchant_id=TERMINAL_ID',
      'transaction_timestamp=TX_DATETIME',
      'amount=TX_AMOUNT',
    ];
    const args = [
      ...['--import', 'tsx', 'cli/import.ts', data('fraud-handbook-transactions.csv.gz')],
      ...['--map', ...columns, '--set', 'currency=EUR', '--label', 'TX_FRAUD', '--label-delay', '7d'],
      ...['--rejects', path.join(dir, 'rejects.csv')],
    ];
    const child = spawn(process.execPath, args, {
      stdio: ['ignore', 2, 2],
      env: { ...process.env, DATABASE_URL: url, DIRECT_DATABASE_URL: url, VIGIL_DATA_DIR: dir },
    });
    // The server is stopped on the way out.
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => child.kill(signal));
    child.once('error', reject);
    child.once('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(`the import ended with ${code}`)),
    );
  });

const short = (value: number): string => value.toFixed(3).replace(/^0/, '');
const line = ({ aucRoc, averagePrecision, cardPrecision100 }: Figures): string =>
  [aucRoc, averagePrecision, cardPrecision100].map(short).join(' ');

/** Throws where a feature is not what brute force makes of the file. */
async function compareFeatures(sql: Sql): Promise<void> {
  const { compared, differing, wrong } = await wrongOfSample(sql, 500);
  if (wrong.length > 0 || compared < 500)
    throw new Error(
      `${compared} compared, ${wrong.length} features are wrong: ${wrong.slice(0, 5).join('; ')}`,
    );
  log(
    `the features of ${compared} payments are those of brute force, ${differing} of them with more than one value`,
  );
}

async function printFigures(sql: Sql): Promise<void> {
  const splits = readSplits(data('fraud-handbook-splits.csv.gz')).filter(({ role }) => role === 'test');
  const single = splits.findIndex(({ trainStart }) => trainStart === '2018-07-25');
  for (const [model, ofSingle, ofFolds] of published) {
    if (ofSingle) console.log(`book ${model} single ${ofSingle}`);
    console.log(`book ${model} folds ${ofFolds}`);
  }
  for (const type of modelTypes) {
    const all: Figures[] = [];
    for (const split of splits) {
      log(`${type}, trained on the week from ${split.trainStart}`);
      all.push(await figuresOf(sql, split, type));
    }
    console.log(`vigil ${type} single ${line(all[single] as Figures)}`);
    console.log(`vigil ${type} folds ${line(meanOf(all))}`);
  }
}

mkdirSync(dir, { recursive: true });
const server = await startEmbedded({
  dir,
  durable: false,
  settings: { shared_buffers: '1GB', work_mem: '64MB', max_wal_size: '4GB', checkpoint_timeout: '30min' },
});
try {
  const url = await ensureDatabase(server.url, 'handbook');
  await migrate(url, { passwordFile: path.join(dir, 'roles.json') });
  await importPayments(url);
  const sql = connect(url, { max: 1 });
  await compareFeatures(sql);
  await printFigures(sql);
  await sql.end();
} finally {
  await server.stop();
  if (!options.keep) rmSync(dir, { recursive: true, force: true });
}
