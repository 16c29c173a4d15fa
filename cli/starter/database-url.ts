import fs from 'node:fs';
import path from 'node:path';
import type { Settings } from './settings';

/** The given server, else the embedded one of a running Vigil. */
export function databaseUrl(settings: Settings): string {
  const given = settings.directUrl ?? settings.databaseUrl;
  if (given) return given;
  const dir = path.join(settings.dataDir, 'postgres');
  const read = (name: string) => fs.readFileSync(path.join(dir, name), 'utf8').trim();
  try {
    return `postgres://postgres:${encodeURIComponent(read('password'))}@127.0.0.1:${read('port')}/fraud_detection`;
  } catch {
    throw new Error(`No database in ${settings.dataDir}: start Vigil first, or set DATABASE_URL.`);
  }
}
