import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { type BackedTable, type Manifest, manifestMember, manifestSchema, manifestSum } from './manifest';
import { sha256, TarReader } from './tar-file';

const expand = promisify(gunzip);

/** A backup that is whole: every piece of it has been read and has its sum. */
export type OpenBackup = {
  file: string;
  manifest: Manifest;
  /** The text of a table, piece by piece. @throws when it is not what the manifest says */
  rowsOf(table: BackedTable): AsyncGenerator<Buffer>;
  member(name: string): Promise<Buffer>;
  close(): Promise<void>;
};

export type CheckProgress = { bytes: number; share: number };

/**
 * Opens a backup and reads all of it once against its sums, before anybody acts on it.
 * @throws Error that says in words what is wrong with the file
 */
export const openBackup = async (
  file: string,
  onProgress: (progress: CheckProgress) => void = () => {},
): Promise<OpenBackup> => {
  const refuse = (why: unknown): never => {
    const text = why instanceof Error ? why.message : String(why);
    throw new Error(`${file} cannot be restored: ${text}. Nothing was changed.`);
  };
  const tar = await TarReader.open(file).catch((error: NodeJS.ErrnoException) =>
    refuse(error.code === 'ENOENT' ? 'there is no such file' : error),
  );
  try {
    const manifest = await readManifest(tar);
    const chunks = manifest.tables.flatMap((table) => table.chunks);
    const all = chunks.reduce((sum, { size }) => sum + size, 0);
    let bytes = 0;
    for (const { member, size, sha256: sum } of chunks) {
      if (sha256(await tar.read(member)) !== sum) throw new Error(`${member} is damaged`);
      bytes += size;
      onProgress({ bytes, share: all > 0 ? bytes / all : 1 });
    }
    return {
      file,
      manifest,
      rowsOf: (table) => rowsOf(tar, table),
      member: (name) => tar.read(name),
      close: () => tar.close(),
    };
  } catch (error) {
    await tar.close();
    return refuse(error);
  }
};

const readManifest = async (tar: TarReader): Promise<Manifest> => {
  if (!tar.members.has(manifestMember) || !tar.members.has(manifestSum))
    throw new Error('it has no manifest, so it is no backup of Vigil or not a whole one');
  const text = await tar.read(manifestMember);
  if ((await tar.read(manifestSum)).toString().trim() !== sha256(text))
    throw new Error('its manifest is damaged');
  const parsed = manifestSchema.safeParse(JSON.parse(text.toString()));
  if (!parsed.success) throw new Error('its manifest is of a kind that this Vigil does not know');
  return parsed.data;
};

async function* rowsOf(tar: TarReader, table: BackedTable): AsyncGenerator<Buffer> {
  const hash = createHash('sha256');
  for (const { member } of table.chunks) {
    const text = await expand(await tar.read(member));
    hash.update(text);
    yield text;
  }
  if (hash.digest('hex') !== table.sha256) throw new Error(`${table.name} is not what was backed up`);
}
