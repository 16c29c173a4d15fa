import { database } from '@/db/client';
import { systemActor } from '@/domain/actor';
import { firstAdminToken } from '@/domain/people/commands';
import { seedSettings } from '@/domain/settings/read';
import { seedApiKey } from './api-key';
import { expectValue } from './expect-value';
import { seedPatterns } from './patterns';
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
  if (rules > 0) made.push(`${rules} rules`, `${await seedPatterns()} patterns`);
  await seedSettings(database());
  if (!options.demo) {
    const admin = expectValue(await firstAdminToken(systemActor('seed'), {}));
    return { users: [], apiKey: null, firstAdminPath: admin ? `/password/${admin.token}` : null, made };
  }
  const { users, changed } = await seedPeople(options.known?.users ?? []);
  if (changed > 0) made.push(`${changed} people`);
  const { key, made: newKey } = await seedApiKey(options.known?.apiKey);
  if (newKey) made.push('an API key');
  return { users, apiKey: key, firstAdminPath: null, made };
};
