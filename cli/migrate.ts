import fs from 'node:fs';
import path from 'node:path';
import { closeDatabase, connect, setDatabase } from '@/db/client';
import { seed } from '@/db/seed';
import { openDatabase } from './starter/database';
import { readSecrets, writePrivate } from './starter/private-files';
import { processSpecs, publicUrl } from './starter/processes';
import { say } from './starter/progress';
import { readSettings, type Settings, StartError } from './starter/settings';

/**
 * Brings a server of one's own to today's schema and starts nothing. With `--environment <folder>` it also puts in what a new
 * installation needs and writes there, for each process, the environment that bin/start would give it.
 */
async function main(): Promise<void> {
  const settings = readSettings(process.env, []);
  const folder = readFolder(process.argv.slice(2));
  if (!settings.directUrl && !settings.databaseUrl)
    throw new StartError(
      'Set DATABASE_URL (or DIRECT_DATABASE_URL past a pooler) to a login that may create roles.',
    );
  fs.mkdirSync(settings.dataDir, { recursive: true, mode: 0o711 });
  const database = await openDatabase(settings);
  say(`migrated; the logins of the processes are in ${path.join(settings.dataDir, 'roles.json')}`);
  if (!folder) return;
  const secrets = readSecrets(settings.dataDir, process.env);
  process.env.VIGIL_SECRET_KEY = secrets.VIGIL_SECRET_KEY;
  await prepare(settings, database.bootstrap);
  fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (const { name, env } of processSpecs(settings, database.urls, secrets))
    writePrivate(path.join(folder, `${name}.env`), environmentFile(env));
  say(`the environments of the processes are in ${folder}`);
}

function readFolder(given: string[]): string | null {
  if (given.length === 0) return null;
  if (given.length === 2 && given[0] === '--environment') return path.resolve(given[1]!);
  throw new StartError(`Unknown arguments ${given.join(' ')}. Known: --environment <folder>.`);
}

/** Rules, settings and, where nobody can sign in yet, the link for the first administrator. */
async function prepare(settings: Settings, bootstrap: string): Promise<void> {
  setDatabase(connect(bootstrap, { max: 2, name: 'seed' }));
  try {
    const { firstAdminPath } = await seed({ demo: false, known: null });
    if (firstAdminPath) say(`first administrator, once: ${publicUrl(settings)}${firstAdminPath}`);
  } finally {
    await closeDatabase();
  }
}

/** What systemd reads: of the shell's own environment nothing, each value in quotes. */
function environmentFile(env: Record<string, string | undefined>): string {
  const ours = Object.entries(env).filter(
    ([name]) => /^(VIGIL_|NEXT)|_URL$/.test(name) || name === 'NODE_ENV',
  );
  return ours.map(([name, value]) => `${name}="${String(value).replace(/["\\]/g, '\\$&')}"\n`).join('');
}

main().catch((error: unknown) => {
  console.error(error instanceof StartError ? error.message : error);
  process.exit(1);
});
