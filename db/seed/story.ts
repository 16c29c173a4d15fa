import { createHash } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { database } from '@/db/client';
import type { Role } from '@/domain/access';
import { anonymousActor, newRequestId, type PersonActor, systemActor } from '@/domain/actor';
import { escalateAlert } from '@/domain/alerts/commands';
import { createRule } from '@/domain/rules/commands';
import { signIn } from '@/domain/sessions/commands';
import { expectValue } from './expect-value';
import type { SignIn } from './people';

const laptop =
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36';
const stranger = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';

const personOf = async (role: Role): Promise<PersonActor> => {
  const [row] = await database().execute<{ id: string; email: string; name: string }>(
    sql`select id::text, email, name from console_users where role = ${role} and is_active order by created_at limit 1`,
  );
  if (!row) throw new Error(`the demo has no ${role}`);
  const { ip, userAgent, requestId } = systemActor('seed', { ip: '127.0.0.1', userAgent: laptop });
  return {
    kind: 'user',
    userId: row.id,
    role,
    email: row.email,
    name: row.name,
    sessionId: '',
    ip,
    userAgent,
    requestId,
  };
};

/** An analyst has seen what is new and written it down; nobody has activated it yet. */
const draftRule = async (): Promise<void> => {
  expectValue(
    await createRule(await personOf('analyst'), {
      name: 'Cards tried at one online merchant',
      description:
        'Many cards from few machines at a merchant that sells what is sold on: seen in the attack of today.',
      type: 'velocity',
      priority: 60,
      conditions: {
        op: 'all',
        conditions: [
          { op: 'eq', field: 'merchant_category', value: 'electronics' },
          { op: 'gte', field: 'device.distinct_cards_24h', value: 3 },
        ],
      },
      actions: { decision: 'REVIEW', points: 0.2, tags: ['card-testing'], alert: { severity: 'warning' } },
    }),
  );
};

/** The two dearest of what waits are with those who decide such things. */
const escalate = async (): Promise<void> => {
  const rows = await database().execute<{ id: number }>(
    sql`select id from fraud_alerts where status = 'open' order by amount_base desc, id limit 2`,
  );
  const notes = [
    'The customer does not answer the telephone; the amount is above what I may release.',
    'Third alert of this card today. Is the merchant part of it?',
  ];
  const analyst = await personOf('analyst');
  for (const [place, { id }] of rows.entries())
    expectValue(await escalateAlert(analyst, { id, note: notes[place] as string }));
};

/** Somebody guesses the data scientist's password and gets in, from an address and a machine never seen. */
const suspiciousSignIn = async (users: readonly SignIn[]): Promise<void> => {
  const person = users.find(({ role }) => role === 'data_scientist');
  if (!person) return;
  const from = (ip: string, userAgent: string) =>
    anonymousActor({ ip, userAgent, requestId: newRequestId() });
  const device = (name: string) => createHash('sha256').update(name).digest('hex');
  const { email, password } = person;
  expectValue(await signIn(from('198.18.7.21', laptop), { email, password, deviceHash: device(laptop) }));
  for (const guess of ['Spring2026!', 'vigil-2026'])
    await signIn(from('203.0.113.66', stranger), { email, password: guess, deviceHash: device(stranger) });
  expectValue(
    await signIn(from('203.0.113.66', stranger), { email, password, deviceHash: device(stranger) }),
  );
};

/**
 * Somebody has taken the days ahead out of the calls' table, by hand and past the console. The hourly job finds them
 * beside it and says so, since only a person may attach them again: calls have a place until tomorrow ends. Payments
 * are kept elsewhere.
 */
const detachDays = async (): Promise<void> => {
  const days = await database().execute<{ name: string }>(sql`select name from v_partitions
    where parent = 'api_usage' and level = 1 and from_at > now() + interval '1 day' order by from_at`);
  for (const { name } of days)
    await database().execute(sql`alter table api_usage detach partition ${sql.identifier(name)}`);
};

/** What the people of a new demo find on their first day: what people do is done by the commands that they use. */
export const seedStory = async (users: readonly SignIn[]): Promise<void> => {
  await draftRule();
  await escalate();
  await suspiciousSignIn(users);
  await detachDays();
};
