import { bell, dice, happens, pick, type Roll, weighted } from './dice';
import { online, overCounter, type Purchase } from './purchases';
import { type City, type Customer, cities, type Merchant, type World } from './world';

const hourMs = 3_600_000;
export const dayMs = 24 * hourMs;

/** How much people buy in each hour of their own day. */
const counterHours = [0, 0, 0, 0, 0, 0, 1, 4, 6, 6, 7, 9, 12, 10, 7, 7, 8, 11, 13, 11, 8, 5, 3, 1];
const onlineHours = [2, 1, 0.4, 0.2, 0.2, 0.4, 1.5, 3, 4, 5, 5, 5, 6, 5, 5, 5, 5, 6, 7, 9, 11, 12, 9, 5];
/** Against the mean, Sunday first. */
const weekdays = [0.8, 0.9, 0.92, 0.95, 1, 1.18, 1.25];

/** Days of their own clock that a customer is away, in each 30 days; most stay at home. */
const awayOn = (world: World, number: number, day: number): City | null => {
  const roll = dice(world.seed, 'trip', number, Math.floor(day / 30));
  if (roll() > 0.12) return null;
  const place = pick(cities, roll);
  const first = Math.floor(roll() * 22);
  const days = 2 + Math.floor(roll() * 7);
  const inMonth = day - Math.floor(day / 30) * 30;
  return inMonth >= first && inMonth < first + days ? place : null;
};

const hourOf = (
  hours: readonly number[],
  open: readonly [number, number],
  late: number,
  roll: Roll,
): number => {
  for (let tries = 0; tries < 40; tries += 1) {
    const hour = weighted(hours, roll) + roll() + late;
    if (hour >= open[0] && hour < Math.min(open[1], 24)) return hour;
  }
  return Math.max(open[0], 9) + roll();
};

/** One in so many is dear: a large shop, a present. */
const price = (shop: Merchant, who: Customer, roll: Roll): number =>
  shop.price * who.taste * Math.exp(bell(roll) * 0.28) * (roll() < 0.004 ? 2 + roll() * 1.5 : 1);

const byVisits = (shops: readonly Merchant[], roll: Roll): Merchant =>
  shops[
    weighted(
      shops.map((shop, place) => shop.visits / (1 + place)),
      roll,
    )
  ] as Merchant;

const counterPurchase = (
  world: World,
  who: Customer,
  start: number,
  away: City | null,
  roll: Roll,
): Purchase => {
  const place = away ?? who.home;
  const usual = !away && roll() < 0.85;
  const shop = usual ? byVisits(who.habits.here, roll) : byVisits(world.counters(place), roll);
  const hour = hourOf(counterHours, shop.open, who.late, roll);
  const card = who.cards[roll() < 0.85 ? 0 : who.cards.length - 1] as string;
  const at = Math.floor(start + (hour - place.ahead) * hourMs);
  return overCounter(who, shop, { euros: price(shop, who, roll), at, card });
};

const onlinePurchase = (
  world: World,
  customer: Customer,
  start: number,
  away: City | null,
  roll: Roll,
): Purchase => {
  // A traveller's telephone is where the traveller is.
  const who = away ? { ...customer, home: away, lat: away.lat, lon: away.lon } : customer;
  const shop = roll() < 0.85 ? byVisits(who.habits.online, roll) : byVisits(world.online, roll);
  const hour = hourOf(onlineHours, shop.open, who.late, roll);
  const device = roll() < 0.65 ? 0 : who.devices.length - 1;
  const card = who.cards[roll() < 0.85 ? 0 : who.cards.length - 1] as string;
  const at = Math.floor(start + (hour - who.home.ahead) * hourMs);
  return online(who, shop, { euros: price(shop, who, roll), at, card, device });
};

/**
 * What a customer buys on a day (days since 1970 by the clocks of where they are).
 * @param mean purchases a day of a customer like others
 */
export const purchasesOf = (world: World, number: number, day: number, mean: number): Purchase[] => {
  const who = world.customer(number);
  const roll = dice(world.seed, 'day', number, day);
  const weekday = weekdays[(day + 4) % 7] as number;
  const away = awayOn(world, number, day);
  return Array.from({ length: happens(mean * who.busy * weekday, roll) }, () =>
    roll() < who.onlineShare
      ? onlinePurchase(world, who, day * dayMs, away, roll)
      : counterPurchase(world, who, day * dayMs, away, roll),
  );
};
