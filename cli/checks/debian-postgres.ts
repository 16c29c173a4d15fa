import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { startEmbedded } from '@/db/embedded';
import type { Installed } from '@/db/embedded-place';
import { canInstall, install } from './apt';

const folder = '/usr/lib/postgresql/15';
export const extensions = '/usr/share/postgresql/15/extension';

export type DebianServer = { url: string; stop(): Promise<void> };

/** True when PostgreSQL 15 and pg_cron are there, after installing them if need be. */
export async function ensureDebianPostgres(): Promise<boolean> {
  const present = () =>
    fs.existsSync(`${folder}/bin/postgres`) && fs.existsSync(`${extensions}/pg_cron.control`);
  if (!canInstall()) return false;
  if (present()) return true;
  console.log('· PostgreSQL 15: installing with apt');
  return (await install(['postgresql-15', 'postgresql-15-cron'])) && present();
}

/** Debian's PostgreSQL 15, run as the user that its package makes. */
export function debianPostgres(): Installed {
  const id = (flag: string) =>
    Number(spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' }).stdout.trim());
  return { folder, as: { uid: id('-u'), gid: id('-g') } };
}

/** A throw-away PostgreSQL 15, with or without pg_cron and pg_stat_statements. */
export async function startDebianPostgres(cron: boolean): Promise<DebianServer> {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'vigil-pg15-'));
  try {
    const server = await startEmbedded({
      dir,
      version: debianPostgres(),
      durable: false,
      settings: {
        max_prepared_transactions: 5,
        shared_preload_libraries: cron ? 'pg_stat_statements,pg_cron' : '',
        ...(cron ? { 'cron.database_name': 'fraud_detection', 'cron.use_background_workers': 'on' } : {}),
      },
    });
    const stop = async () => {
      await server.stop();
      for (const one of [server.dataDir, dir]) fs.rmSync(one, { recursive: true, force: true });
    };
    return { url: server.url, stop };
  } catch (error) {
    fs.rmSync(dir, { recursive: true, force: true });
    throw error;
  }
}
