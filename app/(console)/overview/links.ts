const hourMs = 3_600_000;

/** The payments of an hour, optionally of some decisions. */
export function hourLink(at: string, decisions?: string): string {
  const to = new Date(new Date(at).getTime() + hourMs).toISOString();
  return paymentsLink({ from: at, to, decision: decisions });
}

/** The payments list with these filters. */
export function paymentsLink(filters: Record<string, string | undefined>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(filters)) if (value) query.set(name, value);
  return `/transactions?${query}`;
}
