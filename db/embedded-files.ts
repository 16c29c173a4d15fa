import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import type { Place } from './embedded-place';

/** Makes a cluster whose superuser has this password. */
export function initialise(place: Place, password: string, durable: boolean): void {
  // Made aside and renamed, so that a killed initdb leaves nothing that looks like a cluster.
  const half = `${place.dataDir}.new`;
  const secret = `${place.dataDir}.pw`;
  fs.rmSync(half, { recursive: true, force: true });
  fs.mkdirSync(half, { recursive: true, mode: 0o700 });
  fs.writeFileSync(secret, password, { mode: 0o600 });
  try {
    if (place.as) {
      fs.chownSync(half, place.as.uid, place.as.gid);
      fs.chownSync(secret, place.as.uid, place.as.gid);
    }
    const args = ['-D', half, '-U', 'postgres', '-A', 'scram-sha-256', `--pwfile=${secret}`];
    args.push('-E', 'UTF8', '--locale=C.UTF-8', ...(durable ? [] : ['--no-sync']));
    const run = spawnSync(place.initdb, args, {
      ...place.as,
      cwd: '/',
      encoding: 'utf8',
      timeout: 120_000,
    });
    if (run.status !== 0) {
      throw new Error(`initdb failed: ${(run.error?.message ?? run.stderr ?? '').trim()}`);
    }
    fs.renameSync(half, place.dataDir);
  } finally {
    fs.rmSync(secret, { force: true });
  }
}

/** Writes these lines beside the cluster's postgresql.conf, which reads them last. */
export function applyConfiguration(place: Place, text: string): void {
  const main = path.join(place.dataDir, 'postgresql.conf');
  const include = "include 'vigil.conf'";
  const lines = fs.readFileSync(main, 'utf8');
  if (!lines.includes(include)) fs.writeFileSync(main, `${lines.trimEnd()}\n${include}\n`);
  const file = path.join(place.dataDir, 'vigil.conf');
  fs.writeFileSync(file, text, { mode: 0o600 });
  if (place.as) fs.chownSync(file, place.as.uid, place.as.gid);
}
