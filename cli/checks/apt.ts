import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { runProgram } from './run';

const environment = { DEBIAN_FRONTEND: 'noninteractive' };

/** True where packages can be installed: root on Debian or a descendant of it. */
export const canInstall = (): boolean => process.getuid?.() === 0 && fs.existsSync('/usr/bin/apt-get');

const known = (name: string): boolean =>
  spawnSync('apt-cache', ['show', name], { stdio: 'ignore' }).status === 0;

const present = (name: string): boolean =>
  spawnSync('dpkg-query', ['-s', name], { encoding: 'utf8' }).stdout.includes(' ok installed');

/** Installs packages that are missing, without the services that they would start; true when apt did. */
export async function install(names: string[]): Promise<boolean> {
  const files = names.filter((name) => name.startsWith('/'));
  const packages = names.filter((name) => !files.includes(name) && !present(name));
  if (!packages.every(known)) await runProgram('apt-get', ['update', '-qq'], environment);
  if (!packages.every(known)) return false;
  const allow = keepServicesFromStarting();
  try {
    const args = [
      'install',
      '-y',
      '-qq',
      '-o',
      'Dpkg::Use-Pty=0',
      '--no-install-recommends',
      ...packages,
      ...files,
    ];
    return (await runProgram('apt-get', args, environment)) === 0;
  } finally {
    allow();
  }
}

/** Debian starts a service when it installs it, and makes a cluster for PostgreSQL; ours are started by us. */
function keepServicesFromStarting(): () => void {
  const clusters = '/etc/postgresql-common/createcluster.d/vigil.conf';
  fs.mkdirSync(path.dirname(clusters), { recursive: true });
  fs.writeFileSync(clusters, 'create_main_cluster = false\n');
  const policy = '/usr/sbin/policy-rc.d';
  if (fs.existsSync(policy)) return () => {};
  fs.writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  return () => fs.rmSync(policy, { force: true });
}
