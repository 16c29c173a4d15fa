// Exits 0 when node_modules holds exactly what package-lock.json asks for. Plain JavaScript: it runs before anything is installed.
import { existsSync, readFileSync } from 'node:fs';

const read = (file) => JSON.parse(readFileSync(file, 'utf8')).packages;

function upToDate() {
  if (!existsSync('node_modules/.package-lock.json') || !existsSync('node_modules/tsx')) return false;
  const wanted = read('package-lock.json');
  const present = read('node_modules/.package-lock.json');
  for (const [name, entry] of Object.entries(wanted)) {
    if (name === '') continue;
    const found = present[name];
    // Builds for other platforms are in the lock file and rightly absent here.
    if (!found && !entry.optional) return false;
    if (found && (found.version !== entry.version || found.integrity !== entry.integrity)) return false;
  }
  return Object.keys(present).every((name) => name in wanted);
}

let answer = false;
try {
  answer = upToDate();
} catch {
  answer = false;
}
process.exit(answer ? 0 : 1);
