import { randomBytes } from 'node:crypto';
import postgres, { type Sql } from 'postgres';
import { afterAll, inject } from 'vitest';
import { closeDatabase, connect, setDatabase } from './client';

export type TestDatabase = {
  /** The bootstrap login: owns everything, for arranging and looking. */
  sql: Sql;
  url: string;
  /** One URL a role of the product, through the pooler where the product would go through it. */
  urls: Record<string, string>;
  /** The same past any pooler. */
  direct: Record<string, string>;
  /** Lets the code under test connect as another role (or as the owner again), by `urls` or, given those, by `direct`. */
  connectAs(role: string, by?: Record<string, string>): void;
  close(): Promise<void>;
};

/**
 * Makes a copy of the migrated template for this test file, hands it to `database()` and drops it after the file.
 * Call it at the top of the file: `const t = await testDatabase()`.
 */
export async function testDatabase(options: { role?: string } = {}): Promise<TestDatabase> {
  const server = inject('testServer');
  const name = `${server.template}_${randomBytes(5).toString('hex')}`;
  const admin = postgres(server.admin, { max: 1, onnotice: () => {} });
  await copyTemplate(admin, name, server.template);
  const at = (url: string) => {
    const copy = new URL(url);
    copy.pathname = `/${name}`;
    return copy.href;
  };
  const url = at(server.admin);
  const direct = Object.fromEntries(Object.entries(server.roles).map(([role, value]) => [role, at(value)]));
  const pooled = (role: string, url: string) =>
    server.pooler && (role === 'web' || role === 'worker')
      ? Object.assign(new URL(url), { host: server.pooler }).href
      : url;
  const urls = Object.fromEntries(Object.entries(direct).map(([role, value]) => [role, pooled(role, value)]));
  const sql = postgres(url, { max: 4, onnotice: () => {} });
  const opened: Sql[] = [];
  const connectAs = (role: string, by = urls) => {
    const target = role === 'owner' ? url : by[role];
    if (!target) throw new Error(`no role ${role}`);
    const connection = connect(target, { max: 10, name: 'test' });
    opened.push(connection);
    setDatabase(connection);
  };
  connectAs(options.role ?? 'owner');

  let closing: Promise<void> | undefined;
  const close = () => {
    closing ??= (async () => {
      await closeDatabase();
      await Promise.all([sql, ...opened].map((connection) => connection.end({ timeout: 2 })));
      await admin.unsafe(`drop database if exists ${name} with (force)`);
      await admin.end({ timeout: 2 });
    })();
    return closing;
  };
  afterAll(close);
  return { sql, url, urls, direct, connectAs, close };
}

async function copyTemplate(admin: Sql, name: string, template: string): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      await admin.unsafe(`create database ${name} template ${template}`);
      return;
    } catch (error) {
      // 55006: autovacuum may be looking at the template for a moment.
      if ((error as { code?: string }).code !== '55006' || attempt > 40) throw error;
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }
}
