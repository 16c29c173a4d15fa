import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';

/** A plain tar (ustar), so that a backup can be read with everybody's tools. */
const block = 512;

const header = (name: string, size: number, at: Date): Buffer => {
  const bytes = Buffer.alloc(block);
  if (Buffer.byteLength(name) > 100) throw new Error(`too long a name for a tar: ${name}`);
  const octal = (value: number, length: number, from: number) =>
    bytes.write(`${value.toString(8).padStart(length - 1, '0')}\0`, from, 'latin1');
  bytes.write(name, 0, 'utf8');
  octal(0o600, 8, 100);
  octal(0, 8, 108);
  octal(0, 8, 116);
  octal(size, 12, 124);
  octal(Math.floor(at.getTime() / 1000), 12, 136);
  bytes.write('        0', 148, 'latin1');
  bytes.write('ustar\x0000', 257, 'latin1');
  bytes.write(`${sumOf(bytes).toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return bytes;
};

/** The header's own sum, its place counted as blanks. */
const sumOf = (bytes: Buffer): number => {
  let sum = 0;
  for (let at = 0; at < block; at += 1) sum += at >= 148 && at < 156 ? 32 : bytes[at]!;
  return sum;
};

const padding = (size: number): number => (block - (size % block)) % block;

/** Writes members one after the other, whoever asks at the same time; the file is readable by its owner only. */
export class TarWriter {
  readonly #file: FileHandle;
  #queue: Promise<unknown> = Promise.resolve();
  #written = 0;

  private constructor(file: FileHandle) {
    this.#file = file;
  }

  /** @throws when there is such a file already */
  static async create(path: string): Promise<TarWriter> {
    return new TarWriter(await open(path, 'wx', 0o600));
  }

  get bytes(): number {
    return this.#written;
  }

  add(name: string, content: Buffer): Promise<void> {
    const next = this.#queue.then(async () => {
      const parts = [
        header(name, content.length, new Date()),
        content,
        Buffer.alloc(padding(content.length)),
      ];
      await this.#file.writev(parts.filter(({ length }) => length > 0));
      this.#written += parts.reduce((sum, { length }) => sum + length, 0);
    });
    this.#queue = next.catch(() => {});
    return next;
  }

  /** Ends the file; returns when it is on the disk. */
  async finish(): Promise<void> {
    await this.#queue;
    await this.#file.write(Buffer.alloc(2 * block));
    await this.#file.sync();
    await this.close();
  }

  async close(): Promise<void> {
    await this.#file.close().catch(() => {});
  }
}

export type Member = { name: string; at: number; size: number };

/** A tar, opened: where each member lies, found from the headers alone. */
export class TarReader {
  readonly #file: FileHandle;
  readonly members: ReadonlyMap<string, Member>;

  private constructor(file: FileHandle, members: ReadonlyMap<string, Member>) {
    this.#file = file;
    this.members = members;
  }

  /** @throws Error in words when the file is no tar or ends too early */
  static async open(path: string): Promise<TarReader> {
    const file = await open(path, 'r');
    try {
      return new TarReader(file, await readMembers(file));
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  async read(name: string): Promise<Buffer> {
    const member = this.members.get(name);
    if (!member) throw new Error(`${name} is missing in it`);
    const content = Buffer.alloc(member.size);
    const { bytesRead } = await this.#file.read(content, 0, member.size, member.at);
    if (bytesRead !== member.size) throw new Error(`it ends within ${name}`);
    return content;
  }

  async close(): Promise<void> {
    await this.#file.close().catch(() => {});
  }
}

async function readMembers(file: FileHandle): Promise<Map<string, Member>> {
  const { size: end } = await file.stat();
  const members = new Map<string, Member>();
  const bytes = Buffer.alloc(block);
  for (let at = 0; ; ) {
    const { bytesRead } = await file.read(bytes, 0, block, at);
    if (bytesRead < block) throw new Error('it ends too early');
    if (bytes.every((byte) => byte === 0)) return members;
    if (Number.parseInt(bytes.toString('latin1', 148, 156), 8) !== sumOf(bytes))
      throw new Error(at === 0 ? 'it is no tar' : `it is damaged at byte ${at}`);
    const name = bytes.toString('utf8', 0, bytes.indexOf(0));
    const size = Number.parseInt(bytes.toString('latin1', 124, 136), 8);
    members.set(name, { name, at: at + block, size });
    at += block + size + padding(size);
    if (at > end) throw new Error(`it ends within ${name}`);
  }
}

export const sha256 = (content: Buffer | string): string =>
  createHash('sha256').update(content).digest('hex');
