import { sql } from 'drizzle-orm';
import { database } from '@/db/client';
import { seedApiKey } from './api-key';
import { seedFirstAdmin } from './first-admin';
import { type SignIn, seedPeople } from './people';
import { seedRules } from './rules';

export type { SignIn } from './people';

export type Seeded = {
  users: SignIn[];
  apiKey: string | null;
  /** Path of the page where the first administrator sets a password, once. */
  firstAdminPath: string | null;
  /** What this run has made, in words; empty when everything was there. */
  made: string[];
};

type Known = { users: SignIn[]; apiKey?: string } | null;

/**
 * Puts in what a new installation needs: with `demo` one person a role and an API key, without it only the first
 * administrator. What is there already stays as people have left it. One seed at a time on a database.
 * @param options.known what the last start wrote into credentials.json, or null
 */
export const seed = async (options: { demo: boolean; known: Known }): Promise<Seeded> => {
  const made: string[] = [];
  const rules = await seedRules(database());
  if (rules > 0) made.push(`${rules} rules`);
  if (!options.demo) {
    const admin = await seedFirstAdmin();
    const path = admin ? `/login/set-password?token=${admin.token}` : null;
    return { users: [], apiKey: null, firstAdminPath: path, made };
  }
  const { users, changed } = await seedPeople(options.known?.users ?? []);
  if (changed > 0) made.push(`${changed} people`);
  const admin = users.find(({ role }) => role === 'admin');
  const [owner] = await database().execute<{ id: string }>(
    sql`select id from console_users where lower(email) = lower(${admin?.email ?? ''})`,
  );
  const { key, made: newKey } = await seedApiKey(options.known?.apiKey, owner!.id);
  if (newKey) made.push('an API key');
  return { users, apiKey: key, firstAdminPath: null, made };
};
