import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { canInstall, install } from '../checks/apt';
import { ensureDebianPostgres, extensions } from '../checks/debian-postgres';
import { root, StartError } from '../starter/settings';

export const pgbouncer = '/usr/sbin/pgbouncer';

/** PostgreSQL 15 with its extensions and PgBouncer, installed where they are missing; says why it cannot be. */
export async function ensurePackages(): Promise<void> {
  if (!canInstall())
    throw new StartError(
      'The stack installs and runs packages of Debian: it needs root and apt. Without them bin/start runs the product on its own PostgreSQL.',
    );
  if (!(await ensureDebianPostgres()))
    throw new StartError('apt has no postgresql-15 and postgresql-15-cron here: the stack is for Debian 12.');
  if (!fs.existsSync(pgbouncer) && !(await install(['pgbouncer'])))
    throw new StartError('PgBouncer could not be installed with apt (see above).');
  if (!fs.existsSync(path.join(extensions, 'vector.control'))) await installVector();
}

/** Debian 12 has no pgvector: its package is built once from Debian 13's source and then installed like any other. */
async function installVector(): Promise<void> {
  console.log("· pgvector: building from Debian's source package, about a minute");
  const tools = ['postgresql-server-dev-15', 'gcc', 'make', 'libc6-dev', 'dpkg-dev', 'patch', 'xz-utils'];
  if (!(await install(tools)))
    throw new StartError('What pgvector is built with could not be installed with apt (see above).');
  const out = fs.mkdtempSync(path.join(os.tmpdir(), 'vigil-pgvector-'));
  try {
    const script = path.join(root, 'deploy/build-pgvector.sh');
    const built = spawnSync(script, [out], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
    const file = built.stdout?.trim().split('\n').at(-1) ?? '';
    if (built.status !== 0 || !(await install([file])))
      throw new StartError('pgvector was not built (see above).');
  } finally {
    fs.rmSync(out, { recursive: true, force: true });
  }
}
