import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { root, StartError } from './settings';

const sourceFolders = ['app', 'components', 'domain', 'db', 'i18n', 'messages', 'public'];
const isSource = (name: string) => !/\.(test|bench)\.tsx?$|\.(md|sql)$/.test(name);

/** SHA-256 over everything the production build is made from. */
export function sourceHash(): string {
  const hash = createHash('sha256');
  const add = (file: string) => {
    hash.update(`${file}\0`);
    hash.update(fs.readFileSync(path.join(root, file)));
  };
  for (const name of fs.readdirSync(root).sort()) {
    if (/\.(ts|tsx|js|cjs|css|json)$/.test(name) && name !== 'next-env.d.ts' && name !== 'vitest.config.ts')
      add(name);
  }
  for (const folder of sourceFolders) for (const file of filesBelow(folder)) add(file);
  return hash.digest('hex');
}

function filesBelow(folder: string): string[] {
  const full = path.join(root, folder);
  if (!fs.existsSync(full)) return [];
  return fs
    .readdirSync(full, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && isSource(entry.name))
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)))
    .sort();
}

/** Builds the console unless the last build was made from the same sources; answers whether it built. */
export async function buildConsole(nextDir: string, logFile: string): Promise<boolean> {
  const stamp = path.join(root, nextDir, 'vigil-sources');
  const wanted = sourceHash();
  if (fs.existsSync(stamp) && fs.readFileSync(stamp, 'utf8') === wanted) return false;
  fs.rmSync(stamp, { force: true });
  const log = fs.openSync(logFile, 'w', 0o600);
  const child = spawn(process.execPath, ['node_modules/next/dist/bin/next', 'build'], {
    cwd: root,
    // Types are checked by bin/test; a start need not wait for them.
    env: {
      ...process.env,
      NODE_ENV: 'production',
      VIGIL_SKIP_TYPES: '1',
      VIGIL_NEXT_DIR: nextDir,
      NEXT_TELEMETRY_DISABLED: '1',
      NO_COLOR: '1',
    },
    stdio: ['ignore', log, log],
  });
  fs.closeSync(log);
  const onExit = () => child.kill('SIGKILL');
  process.once('exit', onExit);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('exit', resolve);
    child.once('error', reject);
  });
  process.off('exit', onExit);
  if (code !== 0) {
    const lines = fs.readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-40).join('\n');
    throw new StartError(`The console did not build:\n${lines}\nAll of it: ${logFile}`);
  }
  fs.writeFileSync(stamp, wanted);
  return true;
}
