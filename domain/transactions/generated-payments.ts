import type { Payment } from './input';

export { seeded as seededRandom } from '@/domain/models/random';

export type PaymentWorld = {
  /** Before every id, so that two worlds share nothing. */
  prefix: string;
  users: number;
  merchants: number;
  devices: number;
  addresses: number;
  /** Second number of the IPv4 addresses. */
  network: number;
};

const countries = ['DE', 'FR', 'TR', 'US', 'GB'] as const;
const channels = ['web', 'app', 'pos'] as const;

/** A payment as people make them: mostly their own card, device and town, now and then not; any part may be missing. */
export function generatePayment(world: PaymentWorld, id: string, at: Date, random: () => number): Payment {
  const pick = (n: number) => Math.floor(random() * n);
  const user = Math.floor(random() * random() * world.users);
  const usual = random() < 0.8;
  const placed = random() < 0.7;
  const cents = Math.round(Math.exp(random() * 6 + 3.5));
  return {
    transaction_id: `${world.prefix}${id}`,
    user_id: `${world.prefix}u${user}`,
    merchant_id: `${world.prefix}m${Math.floor(random() ** 3 * world.merchants)}`,
    transaction_timestamp: at.toISOString(),
    amount: (cents / 100).toFixed(2),
    currency: random() < 0.8 ? 'EUR' : random() < 0.5 ? 'USD' : 'TRY',
    latitude: placed ? 48 + (user % 7) + (usual ? 0 : pick(900) / 30) : null,
    longitude: placed ? 8 + (user % 11) + (usual ? 0 : pick(900) / 15) : null,
    country: random() < 0.9 ? (countries[usual ? user % 5 : pick(5)] as string) : null,
    device_id:
      random() < 0.85 ? `${world.prefix}d${usual ? user % world.devices : pick(world.devices)}` : null,
    ip_address:
      random() < 0.85 ? `10.${world.network}.0.${1 + ((usual ? user : pick(1e6)) % world.addresses)}` : null,
    channel: channels[pick(3)] as Payment['channel'],
    card_token: random() < 0.9 ? `${world.prefix}c${usual ? user : pick(world.users)}` : null,
    merchant_category: null,
    metadata: null,
  };
}
