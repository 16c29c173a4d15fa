import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Sql } from 'postgres';
import { type Capability, capabilities, type Found } from './capabilities';
import { ownerRole } from './roles';

const folder = fileURLToPath(new URL('./objects/', import.meta.url));

export type ObjectFile = { file: string; text: string };

/**
 * The object files for a server, in order: `NNN_name.sql`, or in its place `NNN_name.<capability>.sql` for the first
 * capability of `capabilities` that the server has. A name with variants only is left out where none fits.
 */
export const objectFiles = (found: Found): ObjectFile[] => {
  const byName = new Map<string, Map<string, string>>();
  for (const file of readdirSync(folder)
    .filter((name) => name.endsWith('.sql'))
    .sort()) {
    const [name, variant] = file.slice(0, -4).split('.') as [string, string?];
    const variants = byName.get(name) ?? new Map<string, string>();
    variants.set(variant ?? '', file);
    byName.set(name, variants);
  }
  return [...byName.values()].flatMap((variants) => {
    const capability = capabilities.find((name: Capability) => found[name] && variants.has(name));
    const file = variants.get(capability ?? '');
    return file ? [{ file, text: readFileSync(folder + file, 'utf8') }] : [];
  });
};

/**
 * Applies the object files that changed since the last time on this kind of server, and all after the first such one:
 * a later object may stand on an earlier one. Each file in one transaction together with its mark.
 * @returns the files applied
 */
export const applyObjects = async (sql: Sql, found: Found, asOwner: boolean): Promise<string[]> => {
  const [version] = await sql`select current_setting('server_version_num')::int / 10000 as major`;
  const applied = new Map(
    (await sql`select file, hash from applied_objects`).map((row) => [
      row.file as string,
      row.hash as string,
    ]),
  );
  const server = JSON.stringify([version?.major, found]);
  const done: string[] = [];
  const files = objectFiles(found);
  for (const [at, { file, text }] of files.entries()) {
    const hash = createHash('sha256').update(server).update(text).digest('hex');
    if (done.length === 0 && applied.get(file) === hash) continue;
    await sql.begin(async (tx) => {
      if (asOwner && !text.startsWith('-- as: bootstrap')) await tx.unsafe(`set local role ${ownerRole}`);
      await tx.unsafe(text);
      // What stands on this one, its grants too, is applied again, also when this run is killed before.
      const later = files.slice(at + 1).map((one) => one.file);
      if (later.length > 0) await tx`delete from applied_objects where file in ${tx(later)}`;
      await tx`insert into applied_objects (file, hash) values (${file}, ${hash})
        on conflict (file) do update set hash = excluded.hash, applied_at = now()`;
    });
    done.push(file);
  }
  return done;
};
