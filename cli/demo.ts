import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { demoPayments } from '@/db/seed/demo-payments';
import { apiAccess } from './replay/arguments';
import { ProgressFile } from './replay/progress-file';
import { showProgress } from './replay/report';
import { type Row, readRows } from './replay/rows';
import { makeSender, type Sender } from './replay/sender';

/** Payments a second, of all sources together. */
const rate = 3;
/** With public payments, one in so many comes from the generator, so that cards, devices and places are seen. */
const share = 8;
const seed = 20_240;

const publicPayments = fileURLToPath(
  new URL('../../shared/data/fraud-handbook-transactions.csv.gz', import.meta.url),
);

/** Begins all ids: a data folder that was lost must not send other payments under ids that are taken. */
const runName = (dataDir: string): string => {
  const file = path.join(dataDir, 'demo-run');
  if (!fs.existsSync(file)) fs.writeFileSync(file, randomBytes(3).toString('hex'), { mode: 0o600 });
  return fs.readFileSync(file, 'utf8').trim();
};

const mappingOf = (run: string) => ({
  map: {
    transaction_id: 'TRANSACTION_ID',
    user_id: 'CUSTOMER_ID',
    merchant_id: 'TERMINAL_ID',
    amount: 'TX_AMOUNT',
  },
  set: { currency: 'EUR', channel: 'pos' },
  prefix: `hb-${run}-`,
});

const named = (row: Row): Row => ({
  ...row,
  user_id: `customer-${row.user_id}`,
  merchant_id: `terminal-${row.merchant_id}`,
});

type Source = { next(): Promise<Row>; finish(): void };

/** Rows of the public file, round after round. */
const filePayments = (file: string, state: string, run: string): Source => {
  const mapping = mappingOf(run);
  const progress = new ProgressFile(state, { round: 1, next: 0 });
  let { round, next: row } = progress.from;
  let rows = readRows(file, mapping, { skip: row, round });
  return {
    next: async () => {
      let line = await rows.next();
      if (line.done) {
        round += 1;
        row = 0;
        rows = readRows(file, mapping, { skip: 0, round });
        line = await rows.next();
        if (line.done) throw new Error(`${file} is empty`);
      }
      progress.reserve(round, row);
      row += 1;
      return named(line.value as Row);
    },
    finish: () => progress.finish(),
  };
};

const generatedPayments = (state: string, run: string, alone: boolean): Source => {
  const prefix = `demo-${run}-`;
  const progress = new ProgressFile(state, { round: 1, next: 0 });
  const payment = demoPayments(
    alone
      ? { seed, prefix, customers: 20_000, attackEvery: 900 }
      : { seed, prefix, customers: 1500, attackEvery: 150 },
  );
  let number = progress.from.next;
  return {
    next: async () => {
      progress.reserve(1, number);
      const { transaction_timestamp: _, ...body } = payment(number, new Date());
      number += 1;
      return body;
    },
    finish: () => progress.finish(),
  };
};

const send = async (sender: Sender, dataDir: string): Promise<void> => {
  const run = runName(dataDir);
  const fromFile = fs.existsSync(publicPayments);
  const generated = generatedPayments(path.join(dataDir, 'demo-generated.json'), run, !fromFile);
  const file = fromFile ? filePayments(publicPayments, path.join(dataDir, 'demo-state.json'), run) : null;
  for (let turn = 0; !sender.stopped; turn += 1) {
    await sender.turn();
    if (sender.stopped) break;
    const source = file && turn % share !== share - 1 ? file : generated;
    sender.send(await source.next());
  }
  await sender.finish(5_000);
  generated.finish();
  file?.finish();
};

const main = async (): Promise<void> => {
  const sender = makeSender({ ...apiAccess(process.env), rate, concurrency: 8 });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => sender.stop());
  const end = showProgress(sender, process.stdout, 60_000);
  await send(sender, process.env.VIGIL_DATA_DIR || '.vigil');
  end();
};

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(String((error as Error).stack ?? error));
    process.exit(1);
  },
);
