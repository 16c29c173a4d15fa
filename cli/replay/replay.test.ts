import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { UsageError } from '../options';
import { readArguments } from './arguments';
import { ProgressFile } from './progress-file';
import { lastLines, progressLine } from './report';
import { readRows } from './rows';

const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'vigil-replay-'));
afterAll(() => fs.rmSync(dir, { recursive: true, force: true }));

const env: NodeJS.ProcessEnv = {
  NODE_ENV: 'test',
  VIGIL_API_KEY: 'k',
  VIGIL_INGEST_URL: 'http://127.0.0.1:1',
  VIGIL_DATA_DIR: dir,
};
const least = [
  '--map',
  'transaction_id=ID',
  'user_id=U',
  'merchant_id=M',
  'amount=A',
  '--set',
  'currency=EUR',
];

describe('the command line', () => {
  it('is read', () => {
    const read = readArguments(
      ['f.csv.gz', ...least, '--rate', '5', '--loop', '--start=3', '--prefix', 'x-'],
      env,
    );
    expect(read).toMatchObject({
      file: 'f.csv.gz',
      map: { transaction_id: 'ID', user_id: 'U', merchant_id: 'M', amount: 'A' },
      set: { currency: 'EUR' },
      rate: 5,
      loop: true,
      start: 3,
      prefix: 'x-',
      key: 'k',
    });
  });

  it('takes --map and --set again and again', () => {
    const args = least.flatMap((arg) => (arg.includes('=') ? ['--map', arg] : []));
    expect(readArguments(['f', ...args.slice(0, 8), '--set', 'currency=EUR'], env).map).toHaveProperty(
      'amount',
      'A',
    );
  });

  it.each([
    [['f', '--map', 'x=y'], 'no field'],
    [['f.csv'], 'Say where'],
    [least, 'Which file'],
    [['f', ...least, '--speed', '3'], 'unknown'],
    [['f', ...least, '--rate', 'fast'], '--rate is fast'],
    [['f', ...least, '--map', 'transaction_timestamp=T'], 'always now'],
    [['f', 'g', ...least], 'One file'],
    [['f', ...least, '--map'], 'not used so'],
  ])('%j is explained', (args, part) => {
    expect(() => readArguments(args, env)).toThrow(UsageError);
    expect(() => readArguments(args, env)).toThrow(part);
  });

  it('finds the API in what the starter wrote down', () => {
    fs.writeFileSync(
      path.join(dir, 'credentials.json'),
      JSON.stringify({ ingest: 'http://127.0.0.1:9', apiKey: 'kept' }),
    );
    expect(readArguments(['f', ...least], { NODE_ENV: 'test', VIGIL_DATA_DIR: dir })).toMatchObject({
      url: 'http://127.0.0.1:9',
      key: 'kept',
    });
  });
});

describe('rows', () => {
  const text = '\ufeffID,U,M,A,LAT,NOTE\n1,u1,m1,10.00,52.5,hello\n\n2,u2,m2,3.5,,\n3,u3,m3,1,1,x\n';
  const plain = path.join(dir, 'rows.csv');
  const packed = path.join(dir, 'rows.csv.gz');
  fs.writeFileSync(plain, text);
  fs.writeFileSync(packed, gzipSync(text));
  const mapping = {
    map: {
      transaction_id: 'ID',
      user_id: 'U',
      merchant_id: 'M',
      amount: 'A',
      latitude: 'LAT',
      'metadata.note': 'NOTE',
    },
    set: { currency: 'EUR' },
    prefix: 'p-',
  };
  const all = async (file: string, from = { skip: 0, round: 1 }) => {
    const rows = [];
    for await (const row of readRows(file, mapping, from)) rows.push(row);
    return rows;
  };

  it('are read from plain and packed files alike', async () => {
    const rows = await all(plain);
    expect(rows).toEqual(await all(packed));
    expect(rows).toHaveLength(3);
    expect(rows[0]).toEqual({
      transaction_id: 'p-1',
      user_id: 'u1',
      merchant_id: 'm1',
      amount: '10.00',
      latitude: 52.5,
      currency: 'EUR',
      metadata: { note: 'hello' },
    });
    expect(rows[1]).not.toHaveProperty('latitude');
    expect(rows[1]).not.toHaveProperty('metadata');
  });

  it('begin where they are told to, with ids of their round', async () => {
    const rows = await all(plain, { skip: 2, round: 3 });
    expect(rows.map((row) => row.transaction_id)).toEqual(['p-r3-3']);
  });

  it('name the column that is missing, and a file that is', async () => {
    const wrong = { ...mapping, map: { ...mapping.map, user_id: 'WHO' } };
    await expect(readRows(plain, wrong, { skip: 0, round: 1 }).next()).rejects.toThrow('no column WHO');
    await expect(readRows(path.join(dir, 'no'), mapping, { skip: 0, round: 1 }).next()).rejects.toThrow(
      'is not there',
    );
  });
});

describe('progress', () => {
  const file = path.join(dir, 'progress.json');

  it('after a kill goes on behind all that may have been sent', () => {
    const progress = new ProgressFile(file, { round: 1, next: 0 }, 10);
    for (let row = 0; row < 13; row += 1) progress.reserve(1, row);
    expect(new ProgressFile(file, { round: 1, next: 0 }).from).toEqual({ round: 1, next: 20 });
  });

  it('after an orderly end goes on at the next row', () => {
    const progress = new ProgressFile(file, { round: 1, next: 0 }, 10);
    progress.reserve(2, 4);
    progress.finish();
    expect(new ProgressFile(file, { round: 1, next: 0 }).from).toEqual({ round: 2, next: 5 });
  });

  it('that cannot be read begins anew', () => {
    fs.writeFileSync(file, '{"round":');
    expect(new ProgressFile(file, { round: 1, next: 7 }).from).toEqual({ round: 1, next: 7 });
  });
});

describe('the report', () => {
  const counts = {
    sent: 5,
    decisions: { ALLOW: 3, BLOCK: 1 },
    refused: { 409: 1 },
    again: 2,
    lastRefusal: '409 used',
  };

  it('says what came of the payments', () => {
    expect(progressLine(counts, 1000, 'does not answer')).toBe(
      '5 sent · 4 decided (ALLOW 3, BLOCK 1) · refused: 409 1 · 5.0/s over 1 s · waiting: ingest does not answer',
    );
    expect(lastLines(counts, 1000).join('\n')).toContain('choose another --prefix');
  });
});
