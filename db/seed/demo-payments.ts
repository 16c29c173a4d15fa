import {
  type City,
  type Customer,
  customer,
  dice,
  farCities,
  type Merchant,
  merchants,
  pick,
} from './demo-world';

/** A body for the decision API. */
export type DemoPayment = {
  transaction_id: string;
  user_id: string;
  merchant_id: string;
  transaction_timestamp: string;
  amount: string;
  currency: string;
  latitude?: number;
  longitude?: number;
  country?: string;
  device_id?: string;
  ip_address?: string;
  channel?: string;
  card_token?: string;
  merchant_category?: string;
  metadata?: Record<string, string>;
};

export type DemoOptions = {
  seed: number;
  /** Begins the ids, so that two demos do not meet. */
  prefix: string;
  customers: number;
  /** One attack in so many payments. */
  attackEvery: number;
};

const attackLength = 14;

type World = DemoOptions & { shops: Merchant[]; byCity: Map<City, Merchant[]> };

/** What an attack does at a step, or null when it is over. */
type Attack = (world: World, roll: () => number, step: number) => Omit<DemoPayment, Timed> | null;
type Timed = 'transaction_id' | 'transaction_timestamp';

const decimals = (currency: string): number => (currency === 'JPY' ? 0 : 2);
const money = (euros: number, home: City): string =>
  Math.max(euros * home.scale, decimals(home.currency) === 0 ? 1 : 0.01).toFixed(decimals(home.currency));

const inShop = (who: Customer, shop: Merchant, amount: string, card: string) => ({
  user_id: who.id,
  merchant_id: shop.id,
  amount,
  currency: shop.city.currency,
  latitude: shop.lat,
  longitude: shop.lon,
  country: shop.city.country,
  channel: 'pos',
  card_token: card,
  merchant_category: shop.category,
});

const online = (who: Customer, shop: Merchant, amount: string, card: string) => ({
  user_id: who.id,
  merchant_id: shop.id,
  amount,
  currency: shop.city.currency,
  latitude: who.lat,
  longitude: who.lon,
  country: who.home.country,
  device_id: who.device,
  ip_address: who.ip,
  channel: 'web',
  card_token: card,
  merchant_category: shop.category,
});

const shopsOf = (world: World, home: City): Merchant[] => world.byCity.get(home) ?? world.shops;

/** Customers are not equally busy: a few pay often. */
const somebody = (world: World, roll: () => number): Customer =>
  customer(world.seed, Math.floor(roll() ** 1.7 * world.customers));

const quiet = (world: World, roll: () => number) => {
  const who = somebody(world, roll);
  const shops = shopsOf(world, who.home);
  // A few shops are where this customer goes.
  const habit = Math.floor(roll() ** 2 * Math.min(8, shops.length));
  const offset = Number.parseInt(who.device.slice(4, 8), 16);
  const shop = shops[(offset + habit * 5) % shops.length] as Merchant;
  const card = who.cards[roll() < 0.85 ? 0 : who.cards.length - 1] as string;
  const price = shop.price * who.taste * Math.exp((roll() + roll() - 1) * 0.5);
  const amount = money(price, shop.city);
  if (!shop.online) return inShop(who, shop, amount, card);
  return { ...online(who, shop, amount, card), channel: roll() < 0.6 ? 'app' : 'web' };
};

const onlineShop = (world: World, roll: () => number): Merchant =>
  pick(
    world.shops.filter((shop) => shop.online),
    roll,
  );

/** Whose machine: the same for all steps of an attack, because it depends on the attack's first rolls alone. */
const machine = (roll: () => number) => ({
  device_id: `dev-${Math.floor(roll() * 2 ** 40).toString(16)}`,
  ip_address: `203.0.113.${1 + Math.floor(roll() * 254)}`,
  place: pick(farCities, roll),
});

const from = ({ device_id, ip_address, place }: ReturnType<typeof machine>) => ({
  device_id,
  ip_address,
  latitude: place.lat,
  longitude: place.lon,
  country: place.country,
});

/** Small payments to see which card works, then a large one. */
const cardTesting: Attack = (world, roll, step) => {
  const thief = machine(roll);
  const shop = onlineShop(world, roll);
  const victims = [somebody(world, roll), somebody(world, roll)];
  const victim = victims[step < 7 ? 0 : 1] as Customer;
  const last = step % 7 === 6;
  const euros = last ? 380 + ((step * 37) % 300) : 1 + ((step * 13) % 30) / 10;
  return { ...online(victim, shop, money(euros, shop.city), victim.cards[0] as string), ...from(thief) };
};

/** A card pays at home and minutes later on another continent. */
const impossibleTravel: Attack = (world, roll, step) => {
  const place = pick(farCities, roll);
  const who = somebody(world, roll);
  const shop = pick(shopsOf(world, who.home), roll);
  const card = who.cards[0] as string;
  if (step === 0) return inShop(who, shop, money(shop.price, shop.city), card);
  if (step !== 3 && step !== 6) return null;
  const abroad = {
    latitude: place.lat,
    longitude: place.lon,
    country: place.country,
    currency: place.currency,
  };
  return {
    ...inShop(who, shop, money(shop.price * 3, place), card),
    ...abroad,
    merchant_id: 'duty-free-far',
  };
};

/** One device pays with the cards of many customers. */
const stolenCards: Attack = (world, roll, step) => {
  const thief = machine(roll);
  const shop = onlineShop(world, roll);
  const victims = Array.from({ length: 8 }, () => somebody(world, roll));
  const victim = victims[step];
  if (!victim) return null;
  const paid = online(victim, shop, money(60 + step * 22, shop.city), victim.cards[0] as string);
  return { ...paid, ...from(thief) };
};

/** Somebody else uses a customer's account: a device never seen, far more than ever spent. */
const takeover: Attack = (world, roll, step) => {
  const thief = machine(roll);
  const who = customer(world.seed, Math.floor(roll() * Math.max(1, world.customers * 0.02)));
  if (step !== 2 && step !== 5) return null;
  const shop = onlineShop(world, roll);
  const paid = online(who, shop, money(shop.price * who.taste * 9 + 200, shop.city), who.cards[0] as string);
  return { ...paid, device_id: thief.device_id, ip_address: thief.ip_address };
};

const attacks: readonly Attack[] = [cardTesting, stolenCards, impossibleTravel, takeover];

const worldOf = (options: DemoOptions): World => {
  const shops = merchants(options.seed);
  const byCity = new Map<City, Merchant[]>();
  for (const shop of shops) byCity.set(shop.city, [...(byCity.get(shop.city) ?? []), shop]);
  return { ...options, shops, byCity };
};

/**
 * Demo traffic: quiet payments of customers with homes, cards, devices and habits, and an attack now and then.
 * @returns the payment of a number, made at a moment; the same number is always the same payment
 */
export const demoPayments = (options: DemoOptions): ((number: number, at: Date) => DemoPayment) => {
  const world = worldOf(options);
  return (number, at) => paymentOf(world, number, at).payment;
};

const paymentOf = (world: World, number: number, at: Date): PastPayment => {
  const attack = Math.floor(number / world.attackEvery);
  const step = (number % world.attackEvery) - (world.attackEvery - attackLength);
  const script = attacks[attack % attacks.length] as Attack;
  const attacking = step >= 0 ? script(world, dice(world.seed, 'attack', attack), step) : null;
  const paid = attacking ?? quiet(world, dice(world.seed, 'payment', number));
  return {
    payment: { transaction_id: `${world.prefix}${number}`, ...paid, transaction_timestamp: at.toISOString() },
    attack: attacking !== null,
  };
};

/** A payment of the demo's past, of which is known what it turned out to be. */
export type PastPayment = { payment: DemoPayment; attack: boolean };

/** How busy each hour of the day (UTC) is, against the mean. */
const dayCurve = [
  0.35, 0.25, 0.2, 0.2, 0.3, 0.5, 0.8, 1.05, 1.2, 1.3, 1.4, 1.5, 1.55, 1.45, 1.35, 1.35, 1.45, 1.6, 1.6, 1.4,
  1.15, 0.9, 0.65, 0.5,
];

/**
 * Payments of the hours before `now`, oldest first, following the course of a day.
 * @param options.perHour mean number of payments an hour
 */
export function* demoHistory(
  seed: number,
  hours: number,
  options: { now?: Date; perHour?: number; customers?: number } = {},
): Generator<PastPayment> {
  const { now = new Date(), perHour = 200, customers = 1500 } = options;
  const world = worldOf({ seed, prefix: 'demo-h-', customers, attackEvery: 400 });
  const roll = dice(seed, 'history');
  let number = 0;
  for (let hour = hours; hour > 0; hour -= 1) {
    const start = now.getTime() - hour * 3_600_000;
    const busy = dayCurve[new Date(start + 1_800_000).getUTCHours()] ?? 1;
    const count = Math.round(perHour * busy);
    const step = 3_600_000 / Math.max(1, count);
    for (let i = 0; i < count; i += 1) {
      yield paymentOf(world, number, new Date(start + (i + roll() * 0.9) * step));
      number += 1;
    }
  }
}
