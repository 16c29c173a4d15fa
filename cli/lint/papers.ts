import fs from 'node:fs';
import path from 'node:path';
import { type Finding, lineOf, type Source } from './source';

/** Paths that a paper cites, in `code spans` and links, must be there. */
export function checkPapers(sources: Source[], root: string): Finding[] {
  const top = new Set(sources.map((source) => source.path.split('/')[0] ?? ''));
  return sources
    .filter((source) => source.path.endsWith('.md'))
    .flatMap((source) => {
      const cited = [
        ...[...source.text.matchAll(/`([^`\s]+)`/g)].map((m) => ({
          at: m.index,
          target: m[1] ?? '',
          link: false,
        })),
        ...[...source.text.matchAll(/\]\(([^)\s#]+)[^)]*\)/g)].map((m) => ({
          at: m.index,
          target: m[1] ?? '',
          link: true,
        })),
      ];
      return cited
        .filter(({ target, link }) => !exists(source, target, link, top, root))
        .map(({ at, target }) => ({
          path: source.path,
          line: lineOf(source.text, at),
          message: `${target} is not there`,
        }));
    });
}

function exists(source: Source, target: string, link: boolean, top: Set<string>, root: string): boolean {
  if (/^[a-z]+:/.test(target)) return true;
  if (link) return fs.existsSync(path.join(root, path.dirname(source.path), target));
  const first = target.split('/')[0] ?? '';
  // A path of ours begins with one of our folders; patterns and placeholders are not paths.
  if (!target.includes('/') || !top.has(first) || /[*<>{}$…[\]()]|NNN/.test(target)) return true;
  return fs.existsSync(path.join(root, target.replace(/:\d+$/, '')));
}
