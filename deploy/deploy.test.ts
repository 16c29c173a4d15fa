import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';

const folder = import.meta.dirname;
const read = (name: string) => fs.readFileSync(path.join(folder, name), 'utf8');
const units = fs.readdirSync(path.join(folder, 'systemd')).filter((name) => name.endsWith('.service'));

/** The settings of a file of lines `name = value`, without comments. */
const settings = (text: string): Record<string, string> =>
  Object.fromEntries(
    [...text.matchAll(/^([\w.]+)\s*=\s*'?([^'\n]*)'?$/gm)].map(([, name, value]) => [name, value]),
  );

test('the pool has the plan’s numbers, and the server room for it', () => {
  const pool = settings(read('pgbouncer.ini'));
  expect(pool).toMatchObject({
    pool_mode: 'transaction',
    max_client_conn: '1000',
    default_pool_size: '25',
    max_db_connections: '100',
    auth_type: 'scram-sha-256',
  });
  expect(pool.fraud_detection).toContain('dbname=fraud_detection');
  const server = settings(read('postgresql.conf'));
  expect(server.max_connections).toBe('150');
  expect(server['cron.database_name']).toBe('fraud_detection');
  expect(Number(server.max_connections) - Number(pool.max_db_connections)).toBeGreaterThanOrEqual(40);
});

describe.each(units)('%s', (name) => {
  const unit = read(`systemd/${name}`);

  test('starts a program that is there, as nobody in particular and shut in', () => {
    const command = /^ExecStart=\/usr\/bin\/node (.*)$/m.exec(unit)?.[1] ?? '';
    const script = command.split(' ').find((word) => /\.ts$|^node_modules\//.test(word));
    expect(fs.existsSync(path.join(folder, '..', script ?? 'none'))).toBe(true);
    for (const line of [
      'User=vigil',
      'NoNewPrivileges=yes',
      'ProtectSystem=strict',
      'ProtectHome=yes',
      'PrivateTmp=yes',
      'CapabilityBoundingSet=',
      'UMask=0077',
    ])
      expect(unit.split('\n')).toContain(line);
  });

  test.runIf(fs.existsSync('/usr/bin/systemd-analyze') && fs.existsSync('/usr/bin/node'))(
    'is understood by systemd',
    () => {
      const run = spawnSync(
        'systemd-analyze',
        ['verify', ...units.map((unit) => path.join(folder, 'systemd', unit))],
        {
          encoding: 'utf8',
        },
      );
      expect(run.stderr.split('\n').filter((line) => line.includes(name))).toEqual([]);
    },
  );
});

test('what the containers are built from and mount is there, and no file holds a secret', () => {
  const compose = read('compose.yaml');
  const mounted = [...compose.matchAll(/- (\.\/[\w.]+):/g)].map(([, file]) => file!);
  expect(mounted).toContain('./postgresql.conf');
  // Made by whoever installs it; a password is in it.
  for (const file of mounted.filter((one) => one !== './userlist.txt'))
    expect(fs.existsSync(path.join(folder, file)), file).toBe(true);
  for (const name of fs.readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (name.endsWith('.test.ts') || fs.statSync(path.join(folder, name)).isDirectory()) continue;
    expect(read(name), name).not.toMatch(/SCRAM-SHA-256\$|password '|:[\w-]{8,}@/);
  }
});
