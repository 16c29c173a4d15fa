import { createReadStream, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { createGunzip } from 'node:zlib';
import { afterAll, expect, it } from 'vitest';
import { type Simulated, simulate } from '@/db/seed/simulator/timeline';
import { testIngest } from '@/ingest/ingest-fixture';
import { makeSender } from '../replay/sender';
import { LabelSender } from './labels';
import { sendPayments } from './send';
import { writePayments } from './write';

const t = await testIngest();
const dir = mkdtempSync(path.join(os.tmpdir(), 'vigil-simulate-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const traffic = { seed: 3, prefix: 'live-', customers: 2000, perDay: 4000, fraudShare: 0.01 };
const day = 86_400_000;

it('sends each payment when it happens, with its own time', async () => {
  const sender = makeSender({ url: t.address, key: t.key.key, rate: 1000 });
  const start = Date.now() + 300;
  const some = [...simulate(traffic, start - day / 24, start)].slice(0, 12).map((one, place): Simulated => {
    const at = start + place * 40;
    return { ...one, at, payment: { ...one.payment, transaction_timestamp: new Date(at).toISOString() } };
  });
  await sendPayments(some, sender, new LabelSender({ url: t.address, key: t.key.key }));
  await sender.finish();
  expect(sender.counts).toMatchObject({ sent: 12, refused: {} });
  const rows = await t.sql`select transaction_id as id, transaction_timestamp as at, recorded_at as recorded
    from transactions order by 2`;
  expect(rows.map(({ id, at }) => [id, new Date(at).getTime()])).toEqual(
    some.map(({ payment, at }) => [payment.transaction_id, at]),
  );
  for (const { at, recorded } of rows)
    expect(new Date(recorded).getTime()).toBeGreaterThanOrEqual(new Date(at).getTime());
});

it('ends when it is stopped, whatever is still to come', async () => {
  const sender = makeSender({ url: t.address, key: t.key.key, rate: 1000 });
  const sending = sendPayments(
    simulate(traffic, Date.now() + day),
    sender,
    new LabelSender({ url: t.address, key: t.key.key }),
  );
  sender.stop();
  await sending;
  expect(sender.counts.sent).toBe(0);
});

it('tells what becomes known, when it does, once', async () => {
  const labels = new LabelSender({ url: t.address, key: t.key.key });
  const [paid] =
    await t.sql`select transaction_id as id, transaction_timestamp as at from transactions order by 2 limit 1`;
  const now = Date.now();
  const report = (id: string, at: number, label: 'fraud' | 'chargeback') =>
    labels.note({
      payment: { transaction_id: id, transaction_timestamp: new Date(paid?.at).toISOString() },
      at: now,
      fraud: 'bot',
      known: { at, label },
    });
  report(paid?.id, now - 10, 'chargeback');
  report('nobody-has-it', now - 20, 'fraud');
  report(`${paid?.id}-later`, now + day, 'fraud');
  await labels.tell(now);
  expect(labels).toMatchObject({ sent: 2, trouble: null });
  const [row] =
    await t.sql`select is_fraud, label_source from transactions where transaction_id = ${paid?.id}`;
  expect(row).toMatchObject({ is_fraud: true, label_source: 'chargeback' });
  await labels.tell(now);
  expect(labels.sent).toBe(2);
});

it('keeps what could not be told for the next time', async () => {
  const labels = new LabelSender({ url: 'http://127.0.0.1:9', key: 'vk_none' });
  const [one] = simulate({ ...traffic, fraudShare: 0.2 }, Date.now() - day, Date.now());
  labels.note({ ...one!, known: { at: Date.now() - 1000, label: 'fraud' } });
  await labels.tell(Date.now());
  expect(labels).toMatchObject({ sent: 0, trouble: 'does not answer' });
  await labels.tell(Date.now());
  expect(labels.trouble).toBe('does not answer');
});

it('writes a file: one line a payment, what becomes known and when', async () => {
  const to = Date.parse('2026-05-01T00:00:00Z');
  const file = path.join(dir, 'payments.csv.gz');
  const count = await writePayments(file, traffic, to - 2 * day, to);
  const lines = (await text(createReadStream(file).pipe(createGunzip()))).trim().split('\n');
  expect(lines).toHaveLength(count + 1);
  const head = lines[0]!.split(',');
  expect(head.slice(-3)).toEqual(['is_fraud', 'known_at', 'fraud_kind']);
  const rows = lines.slice(1).map((line) => line.split(','));
  for (const row of rows) expect(row).toHaveLength(head.length);
  const known = rows.filter((row) => row.at(-3) === '1');
  expect(known.length).toBeGreaterThan(0);
  for (const row of known) expect(Date.parse(row.at(-2)!)).toBeGreaterThan(Date.parse(row[1]!));
});
