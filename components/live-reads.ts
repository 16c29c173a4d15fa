import type { QueryClient } from '@tanstack/react-query';

/**
 * Reads again what the topics say has changed (`*` is everything), but for what is being read at this moment: that may be
 * from before the change, and breaking it off each second would never let a slow one end.
 * @param owed hashes that an earlier call answered; read now whatever the topics
 * @returns the hashes that are to be read again once they have been read
 */
export function readAgain(
  client: QueryClient,
  topics: ReadonlySet<string>,
  owed: ReadonlySet<string>,
): ReadonlySet<string> {
  const touches = touchedBy(topics);
  const changed = client
    .getQueryCache()
    .findAll({ predicate: ({ queryKey }) => queryKey[0] === 'live' })
    .filter((query) => owed.has(query.queryHash) || touches(query.meta?.topics));
  const hashes = (reading: boolean) =>
    new Set(
      changed
        .filter((query) => (query.state.fetchStatus === 'fetching') === reading)
        .map((query) => query.queryHash),
    );
  const later = hashes(true);
  const now = hashes(false);
  void client.invalidateQueries(
    { predicate: ({ queryHash }) => now.has(queryHash) },
    { cancelRefetch: false },
  );
  return later;
}

/** Whether a list of topics has one that changed. */
export const touchedBy = (changed: ReadonlySet<string>) => (topics: unknown) =>
  changed.has('*') || (Array.isArray(topics) && topics.some((topic) => changed.has(topic)));
