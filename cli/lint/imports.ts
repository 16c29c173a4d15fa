import path from 'node:path';
import { type Finding, isCode, isTest, lineOf, type Source } from './source';

/** What each floor may stand on. Imports only point down. */
const floors: Record<string, string[]> = {
  app: ['app', 'components', 'domain', 'i18n', 'messages', 'theme', 'tokens.css'],
  components: ['components', 'domain', 'i18n', 'messages', 'theme', 'tokens.css'],
  domain: ['domain', 'db', 'messages'],
  db: ['db'],
  ingest: ['ingest', 'domain', 'db', 'messages'],
  worker: ['worker', 'domain', 'db', 'messages'],
  i18n: ['i18n', 'messages', 'domain', 'app'],
};

/** The doors between floors: the server side of the app, and the seed, which speaks through commands. */
const doors: { from: RegExp; to: string[] }[] = [
  { from: /^app\/(_server|api)\//, to: ['db'] },
  { from: /^db\/(seed\/|testing)/, to: ['domain'] },
];

const statement =
  /(?:^|\n)\s*(import|export)\s+(type\s+)?(?:[^'"`;]*?\sfrom\s+)?['"]([^'"\n]+)['"]|\bimport\(\s*['"]([^'"\n]+)['"]/g;

/** Checks which floor imports which, and where next, react and recharts may appear. */
export function checkImports(sources: Source[]): Finding[] {
  return sources.filter(isCode).flatMap((source) => {
    const found: Finding[] = [];
    for (const match of source.text.matchAll(statement)) {
      const target = match[3] ?? match[4] ?? '';
      const problem = judge(source, target, Boolean(match[2]));
      const offset = match.index + match[0].length - target.length;
      if (problem) found.push({ path: source.path, line: lineOf(source.text, offset), message: problem });
    }
    return found;
  });
}

function judge(source: Source, target: string, typeOnly: boolean): string | null {
  const floor = source.path.split('/')[0] ?? '';
  const local = target.startsWith('@/')
    ? target.slice(2)
    : target.startsWith('.')
      ? path.join(path.dirname(source.path), target)
      : null;
  if (local === null) return judgePackage(source, floor, target);
  const reached = local.split('/')[0] ?? '';
  const allowed = floors[floor];
  if (!allowed || isTest(source) || allowed.includes(reached)) return null;
  if (doors.some((door) => door.from.test(source.path) && door.to.includes(reached))) return null;
  // A type vanishes when compiled: the app may name the shape of a row.
  if (typeOnly && reached === 'db') return null;
  return `${floor} may not import ${reached} (imports point down: app → domain → db)`;
}

function judgePackage(source: Source, floor: string, target: string): string | null {
  if (target === 'recharts' && !source.path.startsWith('components/charts/'))
    return 'recharts only in components/charts';
  const framework = /^(next|react|react-dom)(\/|$)|^next-(auth|intl)(\/|$)|^@mantine\//.test(target);
  if (framework && ['domain', 'db', 'ingest', 'worker'].includes(floor) && !isTest(source)) {
    return `${floor} imports no ${target}`;
  }
  return null;
}
