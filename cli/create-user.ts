import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { closeDatabase, connect, setDatabase } from '@/db/client';
import { roles } from '@/domain/access';
import { systemActor } from '@/domain/actor';
import { createPerson } from '@/domain/people/commands';
import { publicUrl } from './starter/processes';
import { readSettings, type Settings } from './starter/settings';

/** Makes an account from the server's own shell and prints its one-time link. */
const usage = `npm run create-user -- --email EMAIL --name "NAME" --role ROLE
ROLE is one of: ${roles.join(', ')}`;

/** The given server, else the embedded one of a running Vigil. */
function databaseUrl(settings: Settings): string {
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

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { email: { type: 'string' }, name: { type: 'string' }, role: { type: 'string' } },
  });
  const { email, name, role } = values;
  const known = roles.find((one) => one === role);
  if (!email || !name || !known) throw new Error(usage);
  const settings = readSettings(process.env, []);
  setDatabase(connect(databaseUrl(settings), { max: 1, name: 'create-user' }));
  try {
    const made = await createPerson(systemActor('command line'), { email, name, role: known });
    if (!made.ok)
      throw new Error(`Not made: ${made.error.detail ?? made.error.code} ${made.error.field ?? ''}`);
    console.log(`${email} (${role}) sets a password here, once, until ${made.value.expiresAt}:`);
    console.log(`${process.env.NEXTAUTH_URL ?? publicUrl(settings)}/password/${made.value.token}`);
  } finally {
    await closeDatabase();
  }
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
