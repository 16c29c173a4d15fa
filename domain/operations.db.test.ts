import { existsSync, readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { testDatabase } from '@/db/testing';
import {
  apiScopes,
  type Permission,
  permissions,
  type Requirement,
  type Role,
  roles,
  scopePermissions,
} from './access';
import { type Actor, anonymousActor, type KeyActor, newRequestId, type PersonActor } from './actor';
import { AppError, type Failure } from './errors';
import type { Command, Query } from './operation';

type Operation = Query<z.ZodType, unknown> | Command<z.ZodType, unknown>;

const t = await testDatabase({ role: 'web' });

const isOperation = (value: unknown): value is Operation =>
  typeof value === 'function' && ['query', 'command'].includes((value as { kind?: string }).kind ?? '');

/** Every operation there is, found from the files: what is added is tested. */
const operations = async (): Promise<{ file: string; operation: Operation }[]> => {
  const folders = readdirSync('domain', { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const files = folders.flatMap(({ name }) =>
    ['queries', 'commands']
      .map((part) => `${name}/${part}`)
      .filter((file) => existsSync(`domain/${file}.ts`)),
  );
  const found = [];
  for (const file of files) {
    const module: Record<string, unknown> = await import(`./${file}.ts`);
    for (const value of Object.values(module)) if (isOperation(value)) found.push({ file, operation: value });
  }
  return found;
};

const all = await operations();

const origin = () => ({ ip: '192.0.2.1', userAgent: 'test', requestId: newRequestId() });
const personOf = (role: Role): PersonActor => ({
  kind: 'user',
  userId: `00000000-0000-4000-8000-00000000000${roles.indexOf(role)}`,
  email: `${role}@example.org`,
  name: role,
  role,
  sessionId: 'f'.repeat(64),
  ...origin(),
});
const keyOf = (scope: (typeof apiScopes)[number]): KeyActor => ({
  kind: 'api_key',
  keyId: 1,
  keyName: scope,
  ownerId: personOf('admin').userId,
  scopes: [scope],
  ...origin(),
});

const mayPerson = (role: Role, can: Requirement): boolean =>
  can === 'anyone' || can === 'signed-in' || (permissions[can] as readonly Role[]).includes(role);

/** What comes back for a field that nobody knows: only somebody who may is told that it is unknown. */
const ask = async (operation: Operation, actor: Actor): Promise<Failure | null> => {
  const input = { noSuchField: 1 };
  if (operation.kind === 'command') {
    const result = await operation(actor, input);
    return result.ok ? null : result.error;
  }
  try {
    await operation(actor, input);
    return null;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return error.failure;
  }
};

const traces = async (operation: string) => {
  const [row] = await t.sql`select
    (select count(*)::int from audit_trail where action = ${operation} and outcome = 'denied') as denials,
    (select count(*)::int from security_events where event_type = 'access.denied'
      and metadata ->> 'operation' = ${operation}) as events`;
  return row as { denials: number; events: number };
};

test('operations are found and named once; a command’s name is its permission or one of the open ones', () => {
  expect(all.length).toBeGreaterThan(30);
  const names = all.map(({ operation }) => operation.operation);
  expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
  for (const { operation } of all)
    expect(operation.operation).toMatch(
      operation.kind === 'query' ? /^[a-z-]+\.[a-z-]+$/ : /^[a-z-]+:[a-z-]+$/,
    );
});

describe.each(all.map(({ file, operation }) => [`${file} ${operation.operation}`, operation] as const))(
  '%s',
  (_, operation) => {
    test.each(roles)('as %s', async (role) => {
      const before = await traces(operation.operation);
      const failure = await ask(operation, personOf(role));
      const after = await traces(operation.operation);
      if (mayPerson(role, operation.can)) {
        expect(failure?.code).toBe('invalid');
        const rules = failure?.issues?.map((issue) => issue.rule);
        expect(rules).toEqual(
          expect.arrayContaining([expect.stringMatching(/^(unknown_key|invalid_union)$/)]),
        );
        expect(after).toEqual(before);
      } else {
        expect(failure).toMatchObject({ code: 'denied', detail: operation.operation });
        expect(after).toEqual({ denials: before.denials + 1, events: before.events + 1 });
      }
    });

    test('as nobody', async () => {
      const failure = await ask(operation, anonymousActor(origin()));
      expect(failure?.code).toBe(operation.can === 'anyone' ? 'invalid' : 'unauthenticated');
    });

    test.each(apiScopes)('with an API key for %s', async (scope) => {
      const failure = await ask(operation, keyOf(scope));
      const may =
        operation.can === 'anyone' ||
        (scopePermissions[scope] as readonly string[]).includes(operation.can as Permission);
      expect(failure?.code).toBe(may ? 'invalid' : 'denied');
    });
  },
);
