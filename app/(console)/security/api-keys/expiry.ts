/** How long a key may live, as it is chosen; `keep` leaves it as it is. */
export const lifetimes = ['30', '90', '365', 'none'] as const;
export type Lifetime = (typeof lifetimes)[number];

/** The end of a key (ISO 8601) that is chosen now, or null for none. */
export const endOf = (lifetime: Lifetime): string | null =>
  lifetime === 'none' ? null : new Date(Date.now() + Number(lifetime) * 86_400_000).toISOString();
