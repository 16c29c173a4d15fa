import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import type { SignIn } from '@/db/seed';
import type { Environment } from './settings';

/** Writes a file that only we may read, all of it or nothing. */
export function writePrivate(file: string, text: string): void {
  const half = `${file}.${process.pid}`;
  fs.writeFileSync(half, text, { mode: 0o600 });
  fs.renameSync(half, file);
}

export function readJson<T>(file: string): T | null {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8')) as T;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' || error instanceof SyntaxError) return null;
    throw error;
  }
}

export type Secrets = { VIGIL_SECRET_KEY: string; NEXTAUTH_SECRET: string };

/** The keys of this installation: from the environment, else made once and kept beside the data. */
export function readSecrets(dataDir: string, env: Environment): Secrets {
  const file = path.join(dataDir, 'secrets.json');
  const kept = readJson<Partial<Secrets>>(file) ?? {};
  const secrets: Secrets = {
    VIGIL_SECRET_KEY: env.VIGIL_SECRET_KEY || kept.VIGIL_SECRET_KEY || randomBytes(32).toString('base64'),
    NEXTAUTH_SECRET: env.NEXTAUTH_SECRET || kept.NEXTAUTH_SECRET || randomBytes(32).toString('base64'),
  };
  if (!kept.VIGIL_SECRET_KEY || !kept.NEXTAUTH_SECRET)
    writePrivate(file, `${JSON.stringify(secrets, null, 2)}\n`);
  return secrets;
}

/** Puts the keys of a restored installation in place; what is there already stays. Answers whether it did. */
export function putSecrets(dataDir: string, secrets: Secrets): boolean {
  const file = path.join(dataDir, 'secrets.json');
  if (fs.existsSync(file)) return false;
  writePrivate(file, `${JSON.stringify(secrets, null, 2)}\n`);
  return true;
}

export type Credentials = {
  web: string;
  ingest: string;
  apiKey?: string;
  users: SignIn[];
  /** When the demo was started first: its traffic follows from that. */
  begun?: string;
};

export const credentialsFile = (dataDir: string): string => path.join(dataDir, 'credentials.json');
