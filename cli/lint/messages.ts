import { type Finding, isTest, lineOf, type Source } from './source';

const binding =
  /(?:const|let)\s+(\w+)\s*=\s*(?:await\s+)?(?:useTranslations|getTranslations)\(\s*(?:['"]([\w.-]+)['"])?\s*\)/g;

/** Flattens messages to `alerts.title`. */
export function messageKeys(tree: unknown, prefix = ''): string[] {
  if (typeof tree === 'string') return [prefix];
  if (typeof tree !== 'object' || tree === null) return [];
  return Object.entries(tree).flatMap(([name, value]) =>
    messageKeys(value, prefix ? `${prefix}.${name}` : name),
  );
}

type Use = { path: string; line: number; key: string };

/** Keys that code asks for and nobody wrote; keys that somebody wrote and no code can ask for. */
export function checkMessages(sources: Source[]): Finding[] {
  const english = sources.find(({ path }) => path === 'messages/en.json');
  if (!english) return [];
  const keys = messageKeys(JSON.parse(english.text));
  const branches = new Set(
    keys.flatMap((key) => key.split('.').map((_, at, all) => all.slice(0, at + 1).join('.'))),
  );
  const code = sources.filter((source) => /\.tsx?$/.test(source.path) && !isTest(source));
  const uses = code.flatMap(staticUses);
  const missing = uses
    .filter(({ key }) => !branches.has(key))
    .map(({ path, line, key }) => ({ path, line, message: `no text for ${key} in messages/en.json` }));
  return [...missing, ...unused(english, keys, new Set(uses.map(({ key }) => key)), code)];
}

function staticUses(source: Source): Use[] {
  const spaces = new Map<string, string[]>();
  for (const [, name = '', space = ''] of source.text.matchAll(binding)) {
    spaces.set(name, [...(spaces.get(name) ?? []), space]);
  }
  const uses: Use[] = [];
  for (const [name, candidates] of spaces) {
    // The same name for two namespaces in one file cannot be told apart without types.
    if (new Set(candidates).size > 1) continue;
    const call = new RegExp(`(?<![\\w.])${name}(?:\\.(?:rich|raw|markup))?\\(\\s*(['"])([\\w.-]+)\\1`, 'g');
    for (const match of source.text.matchAll(call)) {
      const key = [candidates[0], match[2]].filter(Boolean).join('.');
      uses.push({ path: source.path, line: lineOf(source.text, match.index), key });
    }
  }
  return uses;
}

/** A key counts as used when some string or template in the code could end in it: codes travel as data. */
function unused(english: Source, keys: string[], used: Set<string>, code: Source[]): Finding[] {
  const words = new Set<string>();
  const prefixes = new Set<string>();
  for (const { text } of code) {
    for (const [, , value = ''] of text.matchAll(/(['"])((?:\w|[.:-])+)\1/g)) words.add(value);
    for (const [, value = ''] of text.matchAll(/`([\w.-]*)\$\{/g)) prefixes.add(value);
    for (const [value] of text.matchAll(/\b[a-zA-Z_]\w*(?=\??:)/g)) words.add(value);
  }
  const reachable = (key: string) => {
    const parts = key.split('.');
    return parts.some((_, at) => {
      const tail = parts.slice(at).join('.');
      if (words.has(tail)) return true;
      return [...prefixes].some((prefix) => prefix !== '' && tail.startsWith(prefix));
    });
  };
  return keys
    .filter((key) => !used.has(key) && !reachable(key))
    .map((key) => {
      const name = key.slice(key.lastIndexOf('.') + 1);
      return {
        path: english.path,
        line: lineOf(english.text, english.text.indexOf(`"${name}"`)),
        message: `nothing shows ${key}`,
      };
    });
}
