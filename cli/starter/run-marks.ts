import fs from 'node:fs';
import path from 'node:path';
import { findProcess, type ProcessMark, pause, signal, stillRuns, waitUntil } from '@/db/process-table';
import { StartError } from './settings';

const folder = (dataDir: string) => path.join(dataDir, 'run');
const fileOf = (dataDir: string, name: string) => path.join(folder(dataDir), `${name}.json`);

type Mark = ProcessMark & { url?: string };

/** Claims the data folder for this process; throws when another live starter has it. */
export function claimRun(dataDir: string, url: string): void {
  fs.mkdirSync(folder(dataDir), { recursive: true, mode: 0o700 });
  const file = fileOf(dataDir, 'start');
  const mark = { ...findProcess(process.pid), url };
  for (let attempt = 0; attempt < 3; attempt++) {
    try {
      fs.writeFileSync(file, JSON.stringify(mark), { flag: 'wx', mode: 0o600 });
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const other = read(file);
    if (other && stillRuns(other)) {
      throw new StartError(
        `Vigil already runs from ${dataDir} (process ${other.pid}, ${other.url ?? ''}). ` +
          'Stop that one, or set VIGIL_DATA_DIR, VIGIL_WEB_PORT and VIGIL_INGEST_PORT for a second.',
      );
    }
    fs.rmSync(file, { force: true });
  }
  throw new StartError(`Another start is under way in ${dataDir}.`);
}

export function markRun(dataDir: string, name: string, pid: number): void {
  const mark = findProcess(pid);
  if (mark) fs.writeFileSync(fileOf(dataDir, name), JSON.stringify(mark), { mode: 0o600 });
}

export const clearMark = (dataDir: string, name: string): void =>
  fs.rmSync(fileOf(dataDir, name), { force: true });

/** Ends processes that an earlier, killed starter left; answers their names. Never touches a stranger with a reused number. */
export async function endLeftoverProcesses(dataDir: string): Promise<string[]> {
  const ended: string[] = [];
  if (!fs.existsSync(folder(dataDir))) return ended;
  for (const file of fs.readdirSync(folder(dataDir))) {
    const name = path.basename(file, '.json');
    if (name === 'start') continue;
    const mark = read(path.join(folder(dataDir), file));
    if (mark && stillRuns(mark) && isOurs(mark.pid)) {
      // Each was started as the leader of a process group of its own.
      endGroup(mark.pid, 'SIGTERM');
      if (!(await waitUntil(() => !stillRuns(mark), 8_000))) {
        endGroup(mark.pid, 'SIGKILL');
        await waitUntil(() => !stillRuns(mark), 3_000);
      }
      ended.push(name);
    }
    clearMark(dataDir, name);
  }
  if (ended.length > 0) await pause(100);
  return ended;
}

/** Signals a process and all it has started. */
export function endGroup(pid: number, name: NodeJS.Signals): void {
  if (!signal(-pid, name)) signal(pid, name);
}

function isOurs(pid: number): boolean {
  try {
    const words = fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8');
    // `next start` renames itself; its environment still says whose it is.
    return (
      words.includes('starter/leash') ||
      /VIGIL_PROCESS=/.test(fs.readFileSync(`/proc/${pid}/environ`, 'utf8'))
    );
  } catch {
    return false;
  }
}

function read(file: string): Mark | null {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}
