/** What stands in an address that no page and no route handler has. */
export const noRoute = '(none)';

const known = /^\/(_next\/static|_next\/image|_next)\//;

/**
 * Names the route of an address by its template: `/alerts/17` is `/alerts/[id]`. What nobody serves has one name for all.
 * @param templates the routes there are, as in Next's manifest
 */
export const routeNames = (templates: readonly string[]): ((path: string) => string) => {
  const parsed = templates.map((template) => ({ template, parts: partsOf(template) }));
  // A name that is spelled out comes before one that stands for anything.
  parsed.sort((a, b) => openness(a.parts) - openness(b.parts));
  return (path) => {
    const asset = known.exec(path);
    if (asset) return `/${asset[1]}/`;
    const given = partsOf(path);
    return parsed.find(({ parts }) => matches(parts, given))?.template ?? noRoute;
  };
};

const partsOf = (path: string): string[] => path.split('/').filter(Boolean);

const openness = (parts: readonly string[]): number =>
  parts.reduce((sum, part) => sum + (part.startsWith('[...') ? 100 : part.startsWith('[') ? 1 : 0), 0);

const matches = (parts: readonly string[], given: readonly string[]): boolean => {
  const open = parts.at(-1)?.startsWith('[...') ?? false;
  if (open ? given.length < parts.length : given.length !== parts.length) return false;
  return parts.every((part, i) => part.startsWith('[') || part === given[i]);
};
