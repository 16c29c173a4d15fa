import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import postgres from 'postgres';
import { afterAll, expect, inject, test } from 'vitest';
import { testDatabase } from '@/db/testing';
import { makeBackup } from './make-backup';
import { openBackup } from './read-backup';
import { restoreBackup } from './restore-backup';

const t = await testDatabase();
const server = inject('testServer');
const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'vigil-backup-'));
const admin = postgres(server.admin, { max: 1, onnotice: () => {} });
const made: string[] = [];
afterAll(async () => {
  for (const name of made) await admin.unsafe(`drop database if exists "${name}" with (force)`);
  await admin.end();
  fs.rmSync(dir, { recursive: true, force: true });
});

test('smoke', async () => {
  const file = path.join(dir, 'a.tar');
  let s = Date.now();
  const b = await makeBackup(t.url, file);
  console.log('backup', Date.now() - s, b.bytes, b.rows);
  s = Date.now();
  const opened = await openBackup(file);
  const name = `${server.template}_r${randomBytes(4).toString('hex')}`;
  made.push(name);
  const r = await restoreBackup(t.url, name, opened, {
    passwordFile: server.passwordFile,
    onProgress: () => {},
  });
  console.log('restore', Date.now() - s, r);
  expect(1).toBe(1);
}, 300_000);
