import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { TestProject } from 'vitest/node';
import { loginRoles } from '@/db/roles';
import { ensurePackages } from './packages';
import { startServers } from './servers';

export type TestStack = {
  /** Superuser on the primary's fraud_detection. */
  primary: string;
  standby: string;
  subscriber: string;
  /** Host and port of PgBouncer. */
  pooler: string;
  poolerAdmin: string;
  /** One URL a role, on the primary, past PgBouncer. */
  roles: Record<string, string>;
  passwordFile: string;
};

declare module 'vitest' {
  export interface ProvidedContext {
    stack: TestStack;
  }
}

/** The stack whose folder VIGIL_TEST_STACK names, else one of its own for the run. */
export default async function setup(project: TestProject) {
  const given = process.env.VIGIL_TEST_STACK;
  if (given) {
    project.provide('stack', read(given));
    return;
  }
  const undo: (() => unknown)[] = [];
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'vigil-stack-'));
  undo.push(() => fs.rmSync(dir, { recursive: true, force: true }));
  const close = async () => {
    for (const one of undo.reverse()) await one();
  };
  try {
    await ensurePackages();
    await startServers({ dir, passwordFile: path.join(dir, 'roles.json'), durable: false }, undo);
    project.provide('stack', read(dir));
  } catch (error) {
    await close();
    throw error;
  }
  return close;
}

function read(dir: string): TestStack {
  const json = (name: string): Record<string, string> =>
    JSON.parse(fs.readFileSync(path.join(dir, name), 'utf8'));
  const env = json('stack.json');
  const passwords = json('roles.json');
  const primary = env.DIRECT_DATABASE_URL!;
  const as = (role: string) =>
    Object.assign(new URL(primary), { username: `vigil_${role}`, password: passwords[role] }).href;
  return {
    primary,
    standby: env.ANALYTICS_DATABASE_URL!,
    subscriber: env.VIGIL_SUBSCRIBER_DATABASE_URL!,
    pooler: new URL(env.DATABASE_URL!).host,
    poolerAdmin: env.VIGIL_POOLER_ADMIN_URL!,
    roles: Object.fromEntries(loginRoles.map((role) => [role, as(role)])),
    passwordFile: path.join(dir, 'roles.json'),
  };
}
