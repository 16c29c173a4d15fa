/** Makes a database what a backup shows: beside what there is, never over it. */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { closeDatabase, connect, setDatabase } from '@/db/client';
import { expectValue } from '@/db/seed/expect-value';
import { systemActor } from '@/domain/actor';
import { recordRestore } from '@/domain/backups/commands';
import { secretsMember } from './backup/manifest';
import { type OpenBackup, openBackup } from './backup/read-backup';
import { type Restored, restoreBackup } from './backup/restore-backup';
import { openServer } from './backup/server';
import { progressLine } from './backup/tell';
import { putSecrets } from './starter/private-files';
import { readSettings } from './starter/settings';

const usage = `npm run restore -- FILE [--into NAME] [--replace] [--check]
  --into NAME  the database to make, instead of Vigil's own
  --replace    the database that is there gets another name, NAME_before_…; Vigil must be stopped
  --check      only reads the file and says whether it is whole`;

class Usage extends Error {}

/** On the record of the restored database; sessions of the backup end here. */
async function record(url: string, backup: OpenBackup, restored: Restored): Promise<void> {
  setDatabase(connect(url, { max: 1, name: 'restore', prepare: false }));
  const { id, madeAt } = backup.manifest;
  const recorded = recordRestore(systemActor('command line'), {
    id,
    file: backup.file,
    rows: restored.rows,
    madeAt,
    migrated: restored.migrated,
  });
  await recorded.then(expectValue).finally(closeDatabase);
}

async function restore(backup: OpenBackup, into: string | undefined, replace: boolean): Promise<void> {
  const settings = readSettings(process.env, []);
  const server = await openServer(settings, { create: true });
  const line = progressLine();
  try {
    const name = into ?? server.name;
    const restored = await restoreBackup(server.url, name, backup, {
      passwordFile: server.passwordFile,
      replace,
      onProgress: line.tell,
    });
    line.done();
    await record(restored.url, backup, restored);
    if (restored.unknown.length > 0) console.log(`left out, not of Vigil: ${restored.unknown.join(', ')}`);
    if (restored.before) console.log(`what was there is now ${restored.before}`);
    if (backup.manifest.hasSecrets) {
      const put = putSecrets(settings.dataDir, JSON.parse((await backup.member(secretsMember)).toString()));
      console.log(put ? 'secrets of the backup put in place' : 'secrets were there already and stay');
    }
    console.log(`${name}: ${restored.rows} rows as of ${backup.manifest.madeAt}`);
  } finally {
    line.done();
    await server.stop();
  }
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      into: { type: 'string' },
      replace: { type: 'boolean', default: false },
      check: { type: 'boolean', default: false },
    },
  });
  const [file, more] = positionals;
  if (!file || more) throw new Usage(usage);
  if (values.into !== undefined && !/^[a-z_][a-z0-9_]{0,39}$/.test(values.into))
    throw new Usage('--into takes small letters, digits and _, at most 40 of them');
  const line = progressLine();
  const backup = await openBackup(path.resolve(process.env.INIT_CWD ?? '.', file), ({ share }) =>
    line.tell('reading the backup', share),
  );
  line.done();
  try {
    const { madeAt, server, tables } = backup.manifest;
    console.log(
      `${backup.file} is whole: ${tables.length} tables as of ${madeAt}, PostgreSQL ${server.version}`,
    );
    if (!values.check) await restore(backup, values.into, values.replace);
  } finally {
    await backup.close();
  }
}

main().catch((error: Error & { code?: string }) => {
  console.error(error.code?.startsWith('ERR_PARSE_ARGS') ? usage : error.message);
  process.exitCode = 1;
});
