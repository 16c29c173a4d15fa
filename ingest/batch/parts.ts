import { Turns } from '../turns';

/** One payment of a batch as it was sent: `line` counts from 1, in NDJSON the lines of the text, blank ones too. */
export type Part = { line: number; bytes: Buffer };

/** Thrown when the whole is not what it says it is; more parts than allowed are `too_many`. */
export class NotABatch extends Error {
  constructor(readonly why: 'invalid_json' | 'not_an_array' | 'too_many') {
    super(why);
  }
}

/** How much is cut between two looks at the clock. */
const turnBytes = 16 * 1024;

const code = (character: string): number => character.charCodeAt(0);
const quote = code('"');
const backslash = code('\\');
const comma = code(',');
const [openArray, closeArray, openObject, closeObject] = [code('['), code(']'), code('{'), code('}')];
const newLine = code('\n');
const isSpace = (byte: number): boolean => byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d;

/** Where the text begins: after a byte order mark. */
const beginning = (body: Buffer): number =>
  body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf ? 3 : 0;

const isBlank = (bytes: Buffer): boolean => bytes.every(isSpace);

/** The lines of NDJSON that are not blank, cut but not read. @throws NotABatch */
export async function splitLines(body: Buffer, most: number): Promise<Part[]> {
  const parts: Part[] = [];
  const turns = new Turns();
  let from = beginning(body);
  for (let line = 1, turn = from; from < body.length; line += 1) {
    const found = body.indexOf(newLine, from);
    const end = found < 0 ? body.length : found;
    const bytes = body.subarray(from, end);
    if (!isBlank(bytes)) parts.push({ line, bytes });
    if (parts.length > most) throw new NotABatch('too_many');
    from = end + 1;
    if (from - turn > turnBytes) {
      turn = from;
      await turns.pass();
    }
  }
  return parts;
}

/**
 * The elements of a JSON array, cut but not read: the array is JSON if, and only if, each of them is. Reading it whole
 * would hold up the payments of others.
 * @throws NotABatch
 */
export async function splitArray(body: Buffer, most: number): Promise<Part[]> {
  let start = beginning(body);
  while (start < body.length && isSpace(body[start] as number)) start += 1;
  if (body[start] !== openArray) throw new NotABatch(start < body.length ? 'not_an_array' : 'invalid_json');
  const parts: Part[] = [];
  const turns = new Turns();
  let from = start + 1;
  let depth = 1;
  let inText = false;
  let at = from;
  for (let turn = at; at < body.length && depth > 0; at += 1) {
    const byte = body[at] as number;
    if (inText) {
      if (byte === backslash) at += 1;
      else if (byte === quote) inText = false;
    } else if (byte === quote) inText = true;
    else if (byte === openArray || byte === openObject) depth += 1;
    else if (byte === closeArray || byte === closeObject) depth -= 1;
    if (!inText && (depth === 0 || (depth === 1 && byte === comma))) {
      const bytes = body.subarray(from, at);
      // `[]` is an array too; a comma needs something on both sides.
      if (depth > 0 || parts.length > 0 || !isBlank(bytes)) parts.push({ line: parts.length + 1, bytes });
      if (parts.length > most) throw new NotABatch('too_many');
      from = at + 1;
    }
    if (at - turn > turnBytes) {
      turn = at;
      await turns.pass();
    }
  }
  if (depth > 0 || body[at - 1] !== closeArray || !isBlank(body.subarray(at)))
    throw new NotABatch('invalid_json');
  return parts;
}
