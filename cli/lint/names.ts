import type { Finding, Source } from './source';

const empty = new Set(
  'util utils helper helpers service services type types common manager managers misc shared'.split(' '),
);

/** A file is named for its result; these words name nothing. */
export function checkNames(sources: Source[]): Finding[] {
  return sources.flatMap(({ path }) => {
    const found: Finding[] = [];
    for (const part of path.split('/')) {
      const stem = part.replace(/\..*$/, '');
      // The last word is the noun: common-passwords is about passwords, password-helpers about nothing.
      const noun = stem.split(/[-_]/).at(-1) ?? '';
      const word = empty.has(noun) ? noun : null;
      if (word) found.push({ path, line: 1, message: `"${word}" in a name says nothing; name the result` });
      const free =
        /^[A-Z]+$/.test(stem) ||
        /^[[(_.]/.test(part) ||
        path.startsWith('docs/') ||
        path.startsWith('drizzle/');
      if (!free && /\.(ts|tsx)$/.test(part) && !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(stem)) {
        found.push({ path, line: 1, message: `${part} is not in kebab-case` });
      }
    }
    return found;
  });
}
