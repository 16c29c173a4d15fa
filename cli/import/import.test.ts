import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { UsageError } from '../options';
import { type ImportArguments, readArguments } from './arguments';
import { type Line, readCsv } from './csv';
import { momentReader } from './moments';
import { RejectFile } from './reject-file';
import { endLines, progressLine } from './report';
import { findColumns, rowReader } from './rows';
import { surveyFile } from './survey';

const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'vigil-import-'));
afterAll(() => fs.rmSync(dir, { recursive: true, force: true }));
let files = 0;
const written = (text: string | Buffer): string => {
  const file = path.join(dir, `${files++}.csv`);
  fs.writeFileSync(file, text);
  return file;
};
const least = [
  '--map',
  'transaction_id=ID',
  'user_id=U',
  'merchant_id=M',
  'transaction_timestamp=T',
  'amount=A',
  '--set',
  'currency=EUR',
];
const args = (...more: string[]): ImportArguments => readArguments(['f.csv', ...least, ...more]);

describe('the command line', () => {
  it('is read', () => {
    expect(
      args('--label', 'F', '--label-delay=36h', '--zone', 'Europe/Istanbul', '--delimiter', 'tab'),
    ).toEqual({
      file: 'f.csv',
      map: { transaction_id: 'ID', user_id: 'U', merchant_id: 'M', transaction_timestamp: 'T', amount: 'A' },
      set: { currency: 'EUR' },
      label: { column: 'F', delayMs: 36 * 3_600_000 },
      zone: 'Europe/Istanbul',
      delimiter: '\t',
      prefix: '',
      rejects: null,
    });
  });

  it('names the column of when a label became known', () => {
    expect(args('--label', 'F', '--label-known', 'K').label).toEqual({ column: 'F', knownColumn: 'K' });
  });

  it.each([
    [[], 'Which file?'],
    [['f', 'g', ...least], 'not g as well'],
    [['f', '--map', 'user_id=U'], 'Say where transaction_id, merchant_id, transaction_timestamp, amount'],
    [['f', ...least, '--map', 'colour=C'], 'colour is no field of a payment'],
    [['f', ...least, '--map', 'country='], '--map country= names no column'],
    [['f', ...least, '--map', 'currency=C'], 'currency is given with --map and with --set'],
    [['f', ...least, '--set', 'transaction_timestamp=now'], 'give it with --map'],
    [['f', ...least, '--label', 'F'], '--label goes with --label-delay'],
    [['f', ...least, '--label-delay', '7d'], '--label-delay goes with --label'],
    [['f', ...least, '--label-known', 'K'], '--label-known goes with --label'],
    [['f', ...least, '--label', 'F', '--label-known', 'K', '--label-delay', '7d'], 'give one of them'],
    [['f', ...least, '--label', 'F', '--label-known'], '--label-known needs a value'],
    [['f', ...least, '--label', 'F', '--label-delay', 'a week'], '--label-delay is a week'],
    [['f', ...least, '--zone', 'Mars/Olympus'], '--zone is Mars/Olympus'],
    [['f', ...least, '--zone'], '--zone needs a value'],
    [['f', ...least, '--zone', 'UTC', 'CET'], '--zone takes one value'],
    [['f', ...least, '--delimiter', ';;'], '--delimiter is one character'],
    [['f', ...least, '--speed', '3'], '--speed is unknown'],
  ])('%j is explained', (given, part) => {
    expect(() => readArguments(given)).toThrow(UsageError);
    expect(() => readArguments(given)).toThrow(part);
  });
});

describe('moments', () => {
  it.each([
    ['2018-04-01 00:00:31', 'UTC', '2018-04-01T00:00:31.000Z'],
    ['2018-04-01T00:00:31.25', 'UTC', '2018-04-01T00:00:31.250Z'],
    ['2018-04-01', 'UTC', '2018-04-01T00:00:00.000Z'],
    ['2018-04-01 02:00+0200', 'UTC', '2018-04-01T00:00:00.000Z'],
    ['2018-04-01T00:00:00Z', 'Europe/Istanbul', '2018-04-01T00:00:00.000Z'],
    ['2018-04-01 12:00:00', 'Europe/Istanbul', '2018-04-01T09:00:00.000Z'],
    ['2018-01-15 12:00:00', 'Europe/Berlin', '2018-01-15T11:00:00.000Z'],
    ['2018-07-15 12:00:00', 'Europe/Berlin', '2018-07-15T10:00:00.000Z'],
    ['2018-03-25 03:00:00', 'Europe/Berlin', '2018-03-25T01:00:00.000Z'],
    ['1522540831', 'Europe/Berlin', '2018-04-01T00:00:31.000Z'],
    ['1522540831250', 'UTC', '2018-04-01T00:00:31.250Z'],
  ])('%s in %s', (text, zone, at) => {
    expect(new Date(momentReader(zone)(text) as number).toISOString()).toBe(at);
  });

  it.each([
    '',
    'now',
    '2018-02-30',
    '2018-13-01',
    '2018-04-01 24:00',
    '01/04/2018',
    '2018-04-01T00:00\u0000',
    '12',
  ])('%j is none', (text) => expect(momentReader('UTC')(text)).toBeNull());

  it('are none in the hour that the clocks leave out', () => {
    expect(momentReader('Europe/Berlin')('2018-03-25 02:30:00')).toBeNull();
  });
});

describe('rows', () => {
  const header = ['ID', 'U', 'M', 'T', 'A', 'F', 'CARD'];
  const mapping = args('--label', 'F', '--label-delay', '7d', '--map', 'card_token=CARD', '--prefix', 'h-');
  const read = rowReader(header.length, findColumns(header, mapping, 'f.csv'), mapping, { EUR: 1 });
  const row = (...cells: string[]) => read({ row: 3, line: 5, cells });
  const good = ['1', 'u1', 'm1', '2018-04-01 00:00:31', '57.16', '1', ''];

  it('are payments as the API would read them', () => {
    expect(row(...good)).toMatchObject({
      row: 3,
      line: 5,
      label: { isFraud: true, knownMs: Date.parse('2018-04-08T00:00:31Z') },
      payment: { transaction_id: 'h-1', amount: '57.16', currency: 'EUR', card_token: null },
    });
  });

  it.each([
    ['T', '31/04/2018', 'transaction_timestamp', 'not a moment'],
    ['T', '', 'transaction_timestamp', 'needed'],
    ['T', '2999-01-01', 'transaction_timestamp', 'ten minutes from now'],
    ['T', '1999-01-01', 'transaction_timestamp', 'more than 20 years ago'],
    ['A', '-4.00', 'amount', 'below zero'],
    ['A', 'NaN', 'amount', 'not an amount'],
    ['A', '1,50', 'amount', 'not an amount'],
    ['A', '', 'amount', 'needed'],
    ['U', 'a\u0000b', 'user_id', 'NUL'],
    ['ID', '', 'transaction_id', 'needed'],
    ['F', 'perhaps', 'label', 'neither fraud nor legitimate'],
    ['CARD', '4111111111111111', 'card_token', 'card number'],
  ])('are rejected where %s is %j', (column, text, field, part) => {
    const cells = good.with(header.indexOf(column), text);
    const found = row(...cells);
    expect(found).toMatchObject({ rejection: { field } });
    expect('rejection' in found && found.rejection.reason).toContain(part);
  });

  describe('with the moment at which their label became known', () => {
    const named = args('--label', 'F', '--label-known', 'K', '--zone', 'Europe/Istanbul');
    const columns = ['ID', 'U', 'M', 'T', 'A', 'F', 'K'];
    const readKnown = rowReader(columns.length, findColumns(columns, named, 'f.csv'), named, { EUR: 1 });
    const labelled = (label: string, known: string) =>
      readKnown({ row: 3, line: 5, cells: ['1', 'u1', 'm1', '2018-04-01 03:00:00', '5', label, known] });

    it.each([
      ['1', '2018-04-09 15:00:00', { isFraud: true, knownMs: Date.parse('2018-04-09T12:00:00Z') }],
      ['0', '2018-04-01T00:00:00Z', { isFraud: false, knownMs: Date.parse('2018-04-01T00:00:00Z') }],
      ['0', '', null],
      ['', '', null],
      ['', '2018-04-09 15:00:00', null],
    ])('label %j known %j', (label, known, expected) => {
      expect(labelled(label, known)).toMatchObject({ payment: { transaction_id: '1' }, label: expected });
    });

    it.each([
      ['1', '', 'needs the moment'],
      ['1', 'soon', 'not a moment (Europe/Istanbul): "soon"'],
      ['0', '2018-02-30', 'not a moment'],
      ['1', '2018-04-01 02:59:59', 'before its payment'],
      ['1', '2999-01-01', 'more than ten years after its payment'],
    ])('label %j known %j is rejected', (label, known, part) => {
      const found = labelled(label, known);
      expect(found).toMatchObject({ rejection: { field: 'label_known' } });
      expect('rejection' in found && found.rejection.reason).toContain(part);
    });

    it('need its column', () => {
      expect(() => findColumns(['ID', 'U', 'M', 'T', 'A', 'F'], named, 'f.csv')).toThrow(
        '--label-known K: f.csv has no column K',
      );
    });
  });

  it('are rejected with too few cells, and in a currency without a rate', () => {
    expect(row('1', 'u')).toMatchObject({ rejection: { reason: 'This row has 2 cells, the header 7.' } });
    const dollars = { ...mapping, set: { currency: 'USD' } };
    const other = rowReader(header.length, findColumns(header, dollars, 'f'), dollars, { EUR: 1 });
    expect(other({ row: 0, line: 2, cells: good })).toMatchObject({ rejection: { field: 'currency' } });
  });

  it('need their columns', () => {
    expect(() => findColumns(['ID', 'U', 'M', 'T', 'A', 'CARD'], mapping, 'f.csv')).toThrow(
      '--label F: f.csv has no column F',
    );
    expect(() => findColumns([...header, 'A'], mapping, 'f.csv')).toThrow('more than one column A');
  });
});

describe('a file', () => {
  const survey = (file: string) => surveyFile(file, args(), () => {});
  const text = '\ufeffID,U,M,T,A\n1,u,m,2018-03-31 23:59:59,1\n\n2,"u\n2",m,never,1\n3,u,m,2018-05-01,1\n';

  it('is read through once, plain or packed', async () => {
    const plain = await survey(written(text));
    const packed = await survey(written(gzipSync(text)));
    expect({ ...plain, contentHash: '' }).toEqual({ ...packed, contentHash: '' });
    expect(plain).toMatchObject({
      header: ['ID', 'U', 'M', 'T', 'A'],
      rows: 3,
      firstAt: '2018-03-31T23:59:59.000Z',
      lastAt: '2018-05-01T00:00:00.000Z',
      months: ['2018-03', '2018-05'],
      contentHash: createHash('sha256').update(text).digest('hex'),
    });
  });

  it('gives its rows with the lines on which they end', async () => {
    const lines: Line[] = [];
    for await (const block of readCsv(written(text), { delimiter: ',' })) lines.push(...block);
    expect(lines.map(({ row, line }) => [row, line])).toEqual([
      [-1, 1],
      [0, 2],
      [1, 5],
      [2, 6],
    ]);
  });

  it.each([
    ['', 'is empty'],
    ['ID,U,M,T,A\n', 'no row with a moment'],
    ['ID,U,M,T\n1,u,m,2018-01-01\n', 'has no column A'],
    ['ID,U,M,T,A\n1,u,m,2018-01-02,1\n2,u,m,2018-01-01,1\n', 'line 3: 2018-01-01T00:00:00.000Z lies before'],
    ['ID,U,M,T,A\n1,u,m,2018-01-02,"1\n2,u,m,2018-01-03,1\n', 'not closed again'],
  ])('%j is explained', async (bad, part) => {
    await expect(survey(written(bad))).rejects.toThrow(UsageError);
    await expect(survey(written(bad))).rejects.toThrow(part);
  });

  it('that is cut off is explained', async () => {
    const cut = gzipSync(text.repeat(50)).subarray(0, 60);
    await expect(survey(written(cut))).rejects.toThrow('is damaged');
  });
});

describe('the file of rejects', () => {
  it('holds each line once, without card numbers, also after a run that was killed', () => {
    const file = path.join(dir, 'rejects.csv');
    const rejection = { field: 'amount', reason: 'This is not an amount, "really".' };
    const first = new RejectFile(file, ['ID', 'A'], false);
    first.add({ line: 7, cells: ['1', '4111 1111 1111 1111'] }, rejection);
    first.close();
    fs.appendFileSync(file, '9,amou');
    const second = new RejectFile(file, ['ID', 'A'], true);
    expect([second.has(7), second.has(9)]).toEqual([true, false]);
    second.add({ line: 7, cells: ['1', 'x'] }, rejection);
    second.add({ line: 9, cells: ['2', 'x'] }, rejection);
    second.close();
    const reason = '"This is not an amount, ""really""."';
    expect(fs.readFileSync(file, 'utf8')).toBe(
      `line,field,reason,ID,A\n7,amount,${reason},1,\n9,amount,${reason},2,x\n`,
    );
    expect(fs.statSync(file).mode & 0o777).toBe(0o600);
    new RejectFile(file, ['ID', 'A'], false).close();
    expect(fs.existsSync(file)).toBe(false);
  });
});

describe('what is told', () => {
  it('is the rate of this run and the time that is left', () => {
    const progress = {
      next: 3000,
      recorded: 2990,
      known: 0,
      rejected: 10,
      labels: 900,
      at: '2018-05-01T10:11:12.000Z',
    };
    expect(progressLine(progress, 12_000, { row: 1000, elapsedMs: 1000 })).toBe(
      '3,000 of 12,000 rows (25 %) · 2,000/s · 5 s left · 900 labels · 10 rejected · at 2018-05-01 10:11',
    );
    expect(
      endLines({ recorded: 9, known: 1, rejected: 2, labels: 3 }, { rows: 12, ms: 1000 }, 'r.csv'),
    ).toEqual([
      '9 payments imported · 1 were there before · 3 labels set · 12 rows in 1 s (12/s)',
      '2 rows were rejected: r.csv says of each line why',
    ]);
  });
});
