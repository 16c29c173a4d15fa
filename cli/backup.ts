/** Writes everything of Vigil's database into one file while it goes on working. */
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { closeDatabase, connect, setDatabase } from '@/db/client';
import { expectValue } from '@/db/seed/expect-value';
import { systemActor } from '@/domain/actor';
import { recordBackup } from '@/domain/backups/commands';
import { type Backup, makeBackup } from './backup/make-backup';
import { openServer } from './backup/server';
import { bytesText, progressLine } from './backup/tell';
import { readSecrets } from './starter/private-files';
import { readSettings } from './starter/settings';

const usage = `npm run backup -- [--to FILE or FOLDER] [--with-secrets]
  --to            a new file, or a folder in which one is made (the data folder's backups/)
  --with-secrets  also VIGIL_SECRET_KEY and NEXTAUTH_SECRET: whoever has the file then has everything`;

const stamp = (at: Date) => at.toISOString().slice(0, 19).replaceAll(':', '-');

/** The file to write: what was named, or a new name in the folder that was. */
function targetOf(to: string | undefined, dataDir: string, startedAt: Date): string {
  const wanted = to ? path.resolve(process.env.INIT_CWD ?? '.', to) : path.join(dataDir, 'backups');
  const isFolder = !to || to.endsWith('/') || fs.statSync(wanted, { throwIfNoEntry: false })?.isDirectory();
  if (!isFolder) return wanted;
  fs.mkdirSync(wanted, { recursive: true, mode: 0o700 });
  return path.join(wanted, `vigil-${stamp(startedAt)}.tar`);
}

async function record(url: string, backup: Backup, startedAt: Date): Promise<void> {
  const { file, bytes, rows, manifest } = backup;
  setDatabase(connect(url, { max: 1, name: 'backup', prepare: false }));
  const recorded = recordBackup(systemActor('command line'), {
    id: manifest.id,
    file,
    bytes,
    rows,
    tables: manifest.tables.length,
    startedAt: startedAt.toISOString(),
    madeAt: manifest.madeAt,
    withSecrets: manifest.hasSecrets,
  });
  await recorded.then(expectValue).finally(closeDatabase);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { to: { type: 'string' }, 'with-secrets': { type: 'boolean', default: false } },
  });
  const settings = readSettings(process.env, []);
  const startedAt = new Date();
  const file = targetOf(values.to, settings.dataDir, startedAt);
  const stop = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const)
    process.once(name, () => stop.abort(new Error('stopped: no backup was made')));
  const server = await openServer(settings, { create: false });
  const line = progressLine();
  try {
    const backup = await makeBackup(server.url, file, {
      onProgress: ({ table, share }) => line.tell(table, share),
      signal: stop.signal,
      ...(values['with-secrets'] ? { secrets: readSecrets(settings.dataDir, process.env) } : {}),
    });
    line.done();
    const took = ((Date.now() - startedAt.getTime()) / 1000).toFixed(1);
    console.log(
      `${file}: ${bytesText(backup.bytes)}, ${backup.rows} rows as of ${backup.manifest.madeAt}, ${took} s`,
    );
    if (!values['with-secrets'])
      console.log(
        'VIGIL_SECRET_KEY is not in it; without it sensitive settings cannot be read after a loss.',
      );
    await record(server.url, backup, startedAt);
  } finally {
    line.done();
    await server.stop();
  }
}

main().catch((error: Error & { code?: string }) => {
  console.error(error.code?.startsWith('ERR_PARSE_ARGS') ? usage : error.message);
  process.exitCode = 1;
});
