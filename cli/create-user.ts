import { parseArgs } from 'node:util';
import { closeDatabase, connect, setDatabase } from '@/db/client';
import { roles } from '@/domain/access';
import { systemActor } from '@/domain/actor';
import { createPerson } from '@/domain/people/commands';
import { databaseUrl } from './starter/database-url';
import { publicUrl } from './starter/processes';
import { readSettings } from './starter/settings';

/** Makes an account from the server's own shell and prints its one-time link. */
const usage = `npm run create-user -- --email EMAIL --name "NAME" --role ROLE
ROLE is one of: ${roles.join(', ')}`;

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
