import type { Payment } from './input';

type Keyed = { payment: Payment };

const shared = ['transaction_id', 'user_id', 'card_token', 'device_id', 'ip_address', 'merchant_id'] as const;

/** What the payments of a block have in common with others: `user_id:…`, `card_token:…`, … */
export const entityKeys = (payment: Payment, of: readonly (keyof Payment)[] = shared): string[] =>
  of.flatMap((name) => (payment[name] == null ? [] : [`${name}:${payment[name]}`]));

/**
 * Splits a block into waves in which no user, card, device, IP address, merchant or payment id repeats, each payment
 * in the first wave after all payments it shares something with: deciding wave by wave gives what deciding one by one
 * would give. Order within a wave is that of the block.
 */
export function waves<T extends Keyed>(block: readonly T[], most = 500): T[][] {
  const result: T[][] = [];
  const next = new Map<string, number>();
  // Full waves are skipped; later payments of the same entity still come after.
  for (const item of block) {
    const keys = entityKeys(item.payment);
    let wave = Math.max(0, ...keys.map((key) => next.get(key) ?? 0));
    while ((result[wave]?.length ?? 0) >= most) wave += 1;
    const members = result[wave] ?? [];
    members.push(item);
    result[wave] = members;
    for (const key of keys) next.set(key, wave + 1);
  }
  return result;
}
