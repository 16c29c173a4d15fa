import { randomBytes } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { database } from '@/db/client';
import type { Role } from '@/domain/access';
import { systemActor } from '@/domain/actor';
import { createPersonWithPassword, resetPassword, setPasswordByLink } from '@/domain/people/commands';
import { expectValue } from './expect-value';

export type SignIn = { role: Role; email: string; password: string };

/** The people of the demo, one a role. */
const people: { role: Role; name: string; email: string }[] = [
  { role: 'analyst', name: 'Ana Ruiz', email: 'ana.ruiz@vigil.example' },
  { role: 'senior_analyst', name: 'Deniz Aydın', email: 'deniz.aydin@vigil.example' },
  { role: 'security_officer', name: 'Marta Lindqvist', email: 'marta.lindqvist@vigil.example' },
  { role: 'db_operator', name: 'Jonas Weber', email: 'jonas.weber@vigil.example' },
  { role: 'data_scientist', name: 'Priya Nair', email: 'priya.nair@vigil.example' },
  { role: 'auditor', name: 'Claire Dubois', email: 'claire.dubois@vigil.example' },
  { role: 'admin', name: 'Elif Kaya', email: 'elif.kaya@vigil.example' },
];

const actor = systemActor('seed');

/** Random, without characters that look alike, in groups that can be typed. */
export const newDemoPassword = (): string => {
  const alphabet = 'abcdefghijkmnpqrstuvwxyz23456789';
  const letters = [...randomBytes(20)].map((byte) => alphabet[byte % alphabet.length]);
  return [0, 5, 10, 15].map((at) => letters.slice(at, at + 5).join('')).join('-');
};

/**
 * Makes the demo's people. One whose password is still known keeps it; where the credentials were lost, a new
 * one is set. Running it again changes nothing.
 * @returns every sign-in, and how many were made or given a new password
 */
export const seedPeople = async (known: readonly SignIn[]): Promise<{ users: SignIn[]; changed: number }> => {
  const users: SignIn[] = [];
  let changed = 0;
  for (const person of people) {
    const kept = known.find(({ email }) => email === person.email);
    const [row] = await database().execute<{ id: string; is_active: boolean }>(
      sql`select id, is_active from console_users where lower(email) = lower(${person.email})`,
    );
    // Somebody has disabled this one: that is not for a start to undo.
    if (row && !row.is_active) continue;
    const password = kept?.password ?? newDemoPassword();
    if (!row || !kept) {
      await (row ? renewPassword(row.id, password) : create(person, password));
      changed += 1;
    }
    users.push({ role: person.role, email: person.email, password });
  }
  return { users, changed };
};

const create = async (person: (typeof people)[number], password: string): Promise<void> => {
  expectValue(await createPersonWithPassword(actor, { ...person, password }));
};

/** The way that a person would take: a one-time link, used at once. */
const renewPassword = async (id: string, password: string): Promise<void> => {
  const { token } = expectValue(await resetPassword(actor, { id }));
  expectValue(await setPasswordByLink(actor, { token, password }));
};
