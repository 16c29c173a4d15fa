import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NotABatch, splitArray, splitLines } from './parts';

const read = async (text: string): Promise<unknown[]> =>
  (await splitArray(Buffer.from(text), 1e6)).map(({ bytes }) => JSON.parse(bytes.toString()));

/** What a JSON parser says of the whole text: its elements, or that it is no JSON array. */
const whole = (text: string): unknown[] | null => {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
};
const inParts = (text: string): Promise<unknown[] | null> => read(text).catch(() => null);

const spaced = fc
  .tuple(
    fc.array(fc.jsonValue({ maxDepth: 4, stringUnit: 'binary' }), { maxLength: 8 }),
    fc.constantFrom(0, 1, 2, '\t'),
  )
  .map(([values, indent]) => JSON.stringify(values, null, indent));
const mangled = fc
  .tuple(
    spaced,
    fc.nat(300),
    fc.constantFrom('', '[', ']', '{', '}', ',', '"', '\\', ' ', '0', '\n', '\u0000'),
  )
  .map(([text, at, put]) => text.slice(0, at % text.length) + put + text.slice((at % text.length) + 1))
  // Half of a pair that was cut apart is no text; its bytes are.
  .map((text) => Buffer.from(text).toString());

describe('a JSON array', () => {
  it('is cut into what a parser finds in it', async () => {
    await fc.assert(
      fc.asyncProperty(spaced, async (text) => {
        expect(await read(text)).toEqual(whole(text));
      }),
      { numRuns: 500 },
    );
  });

  it('with a character changed is refused exactly when a parser refuses it', async () => {
    await fc.assert(
      fc.asyncProperty(mangled, async (text) => {
        expect(await inParts(text)).toEqual(whole(text));
      }),
      { numRuns: 3000 },
    );
  });

  it.each([
    '[]',
    ' [ ] ',
    '\ufeff[1]',
    '["]", "\\"", "\\\\"]',
    '[{"a":[1,2,{"b":"],["}]}]',
    '[[],[]]',
    '[1,\n2]',
  ])('that is one: %j', async (text) => {
    expect(await read(text)).toEqual(whole(text.replace('\ufeff', '')));
  });

  it.each([
    '',
    ' ',
    '[',
    ']',
    '[1',
    '[1}',
    '{1]',
    '[1]]',
    '[1][2]',
    '[1,]',
    '[,1]',
    '[,]',
    '[1,,2]',
    '["',
    '["\\',
  ])('that is none: %j', async (text) => {
    expect(await inParts(text)).toBeNull();
  });

  it('says why', async () => {
    const why = (text: string, most = 10) =>
      splitArray(Buffer.from(text), most).catch((error: NotABatch) => error.why);
    expect(await why('{"a":1}')).toBe('not_an_array');
    expect(await why('"x"')).toBe('not_an_array');
    expect(await why('[1')).toBe('invalid_json');
    expect(await why('[1,2,3]', 2)).toBe('too_many');
    expect(await why('[1,2]', 2)).toHaveLength(2);
  });
});

describe('NDJSON', () => {
  const lines = async (text: string | Buffer, most = 10) =>
    (await splitLines(Buffer.from(text), most)).map(({ line, bytes }) => [line, bytes.toString()]);

  it('is cut at its line ends; blank lines are counted and left out', async () => {
    expect(await lines('{}\n{"a":1}')).toEqual([
      [1, '{}'],
      [2, '{"a":1}'],
    ]);
    expect(await lines('\ufeff{}\r\n\n  \n[]\n\n')).toEqual([
      [1, '{}\r'],
      [4, '[]'],
    ]);
    expect(await lines('')).toEqual([]);
    expect(await lines('\n\n')).toEqual([]);
  });

  it('has a limit', async () => {
    expect(await lines('1\n2\n', 2)).toHaveLength(2);
    await expect(splitLines(Buffer.from('1\n2\n3'), 2)).rejects.toBeInstanceOf(NotABatch);
  });
});

it('other work goes on while a large body is cut', async () => {
  const body = Buffer.from(
    `[${Array.from({ length: 9_000 }, () => JSON.stringify('x'.repeat(900))).join()}]`,
  );
  let turns = 0;
  let cutting = true;
  const other = (async () => {
    for (; cutting; turns += 1) await new Promise((resolve) => setImmediate(resolve));
  })();
  expect(await splitArray(body, 10_000)).toHaveLength(9_000);
  cutting = false;
  await other;
  expect(turns).toBeGreaterThan(2);
});
