import { readdirSync, readFileSync, readlinkSync, realpathSync } from 'node:fs';
import path from 'node:path';

/** A process, told apart from a later one with the same number by its start time in clock ticks. */
export type ProcessMark = { pid: number; started: string };

/** State letter and start time of a live process, or null when there is none (a zombie counts as gone). */
export function findProcess(pid: number): ProcessMark | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The command name may hold spaces and brackets; the fixed fields begin after its last bracket.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z' || fields[0] === 'X') return null;
    return { pid, started: fields[19] ?? '' };
  } catch {
    return null;
  }
}

/** True when exactly this process still runs, not another that took its number. */
export function stillRuns(mark: ProcessMark): boolean {
  return findProcess(mark.pid)?.started === mark.started;
}

/** PostgreSQL processes (postmaster and backends) that work in this data directory. */
export function postgresProcessesIn(dataDir: string): number[] {
  let wanted: string;
  try {
    wanted = realpathSync(dataDir);
  } catch {
    return [];
  }
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        // Every PostgreSQL process changes into its data directory; initdb and foreign tools do not.
        if (readlinkSync(`/proc/${pid}/cwd`).replace(/ \(deleted\)$/, '') !== wanted) return false;
        const exe = path.basename(readlinkSync(`/proc/${pid}/exe`).replace(/ \(deleted\)$/, ''));
        return exe === 'postgres' && findProcess(pid) !== null;
      } catch {
        return false;
      }
    });
}

/** Sends a signal; false when the process is already gone. */
export function signal(pid: number, name: NodeJS.Signals): boolean {
  try {
    process.kill(pid, name);
    return true;
  } catch {
    return false;
  }
}

export const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** Waits until `done` says so; false when `ms` milliseconds have passed before. */
export async function waitUntil(done: () => boolean, ms: number): Promise<boolean> {
  const end = Date.now() + ms;
  while (!done()) {
    if (Date.now() > end) return false;
    await pause(25);
  }
  return true;
}
