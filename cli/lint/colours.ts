import { type Finding, isTest, lineOf, type Source } from './source';

const hex = /(?<=['"`:,(\s])#(?:[0-9a-f]{8}|[0-9a-f]{6}|[0-9a-f]{3,4})(?=['"`;,)\s])/gi;

/** Colours have names, in theme.ts and tokens.css; elsewhere only the names. */
export function checkColours(sources: Source[]): Finding[] {
  return sources
    .filter(({ path }) => /^(app|components)\/.*\.(ts|tsx|css)$/.test(path))
    .filter((source) => !isTest(source))
    .flatMap(({ path, text }) =>
      [...text.matchAll(hex)]
        // A private member of a class looks like a short colour.
        .filter((match) => /['"`(:,]\s*$/.test(text.slice(0, match.index)) || path.endsWith('.css'))
        .map((match) => ({
          path,
          line: lineOf(text, match.index),
          message: `colour ${match[0]} outside the tokens`,
        })),
    );
}
