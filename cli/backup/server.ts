import fs from 'node:fs';
import path from 'node:path';
import { connect } from '@/db/client';
import { startEmbedded } from '@/db/embedded';
import type { Settings } from '../starter/settings';

export type OpenServer = {
  /** A login that may create databases and roles, past any pooler; the product's database. */
  url: string;
  /** The name of the product's database. */
  name: string;
  passwordFile: string;
  stop(): Promise<void>;
};

/**
 * The given server, else the embedded one: of a running Vigil, or started for as long as it is needed.
 * @param options.create a new embedded cluster where there is none; otherwise that is an error
 */
export async function openServer(settings: Settings, options: { create: boolean }): Promise<OpenServer> {
  const passwordFile = path.join(settings.dataDir, 'roles.json');
  const given = settings.directUrl ?? settings.databaseUrl;
  if (given) {
    const name = decodeURIComponent(new URL(given).pathname.slice(1)) || 'fraud_detection';
    return { url: given, name, passwordFile, stop: async () => {} };
  }
  // The embedded cluster is ours alone: lost role passwords are simply made anew.
  process.env.VIGIL_RESET_ROLE_PASSWORDS = '1';
  const dir = path.join(settings.dataDir, 'postgres');
  if (!options.create && !fs.existsSync(path.join(dir, 'password')))
    throw new Error(`No database in ${settings.dataDir}: start Vigil first, or set DATABASE_URL.`);
  const running = await findRunning(dir);
  const server = running ? null : await startHere(settings.dataDir, dir);
  const url = new URL(running ?? server!.url);
  url.pathname = '/fraud_detection';
  return { url: url.href, name: 'fraud_detection', passwordFile, stop: async () => server?.stop() };
}

const startHere = (dataDir: string, dir: string) => {
  fs.mkdirSync(dataDir, { recursive: true, mode: 0o711 });
  return startEmbedded({ dir });
};

async function findRunning(dir: string): Promise<string | null> {
  const read = (name: string) => fs.readFileSync(path.join(dir, name), 'utf8').trim();
  let url: string;
  try {
    url = `postgres://postgres:${encodeURIComponent(read('password'))}@127.0.0.1:${read('port')}/postgres`;
  } catch {
    return null;
  }
  const sql = connect(url, { max: 1, name: 'look' });
  try {
    await sql`select 1`;
    return url;
  } catch {
    return null;
  } finally {
    await sql.end({ timeout: 1 });
  }
}
