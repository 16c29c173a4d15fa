import fs from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { type Simulated, type SimulatorOptions, simulate } from '@/db/seed/simulator/timeline';

const columns = [
  ...[
    'transaction_id',
    'transaction_timestamp',
    'user_id',
    'merchant_id',
    'amount',
    'currency',
    'card_token',
  ],
  ...['channel', 'device_id', 'ip_address', 'country', 'latitude', 'longitude', 'merchant_category'],
] as const;

// Nothing of a simulated payment needs quotes.
const line = ({ payment, fraud, known }: Simulated): string =>
  [
    ...columns.map((column) => payment[column] ?? ''),
    known ? 1 : 0,
    known ? new Date(known.at).toISOString() : '',
    fraud ?? '',
  ].join(',');

function* lines(traffic: SimulatorOptions, from: number, to: number, onLine: () => void): Generator<string> {
  yield `${[...columns, 'is_fraud', 'known_at', 'fraud_kind'].join(',')}\n`;
  for (const simulated of simulate(traffic, from, to)) {
    onLine();
    yield `${line(simulated)}\n`;
  }
}

/**
 * Writes payments into a file that the import reads: `is_fraud` is what becomes known, at `known_at`; `fraud_kind` is
 * the truth, which nobody has in life.
 * @returns how many payments
 */
export const writePayments = async (
  file: string,
  traffic: SimulatorOptions,
  from: number,
  to: number,
): Promise<number> => {
  let count = 0;
  const source = Readable.from(lines(traffic, from, to, () => (count += 1)));
  const target = fs.createWriteStream(file);
  if (file.endsWith('.gz')) await pipeline(source, createGzip(), target);
  else await pipeline(source, target);
  return count;
};
