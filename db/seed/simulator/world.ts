import { bell, dice, hex, pick, type Roll } from './dice';

export type City = {
  name: string;
  country: string;
  currency: string;
  lat: number;
  lon: number;
  /** Hours that its clocks are ahead of UTC, in winter. */
  ahead: number;
  /** Prices in the city's money, against the euro. */
  scale: number;
};

const perEuro: Record<string, number> = {
  ...{ EUR: 1, USD: 1.15, GBP: 0.88, TRY: 48, CHF: 0.93, SEK: 11 },
  ...{ PLN: 4.2, JPY: 178 },
};

const city = (
  name: string,
  country: string,
  currency: string,
  lat: number,
  lon: number,
  ahead: number,
): City => ({ name, country, currency, lat, lon, ahead, scale: perEuro[currency] ?? 1 });

/** Where customers live; the farther down, the fewer. */
export const cities: readonly City[] = [
  city('Berlin', 'DE', 'EUR', 52.52, 13.41, 1),
  city('Paris', 'FR', 'EUR', 48.86, 2.35, 1),
  city('Madrid', 'ES', 'EUR', 40.42, -3.7, 1),
  city('İstanbul', 'TR', 'TRY', 41.01, 28.98, 3),
  city('Amsterdam', 'NL', 'EUR', 52.37, 4.9, 1),
  city('London', 'GB', 'GBP', 51.51, -0.13, 0),
  city('Milan', 'IT', 'EUR', 45.46, 9.19, 1),
  city('Vienna', 'AT', 'EUR', 48.21, 16.37, 1),
  city('Brussels', 'BE', 'EUR', 50.85, 4.35, 1),
  city('Ankara', 'TR', 'TRY', 39.93, 32.86, 3),
  city('Munich', 'DE', 'EUR', 48.14, 11.58, 1),
  city('Warsaw', 'PL', 'PLN', 52.23, 21.01, 1),
  city('Stockholm', 'SE', 'SEK', 59.33, 18.07, 1),
  city('Zürich', 'CH', 'CHF', 47.38, 8.54, 1),
  city('Dublin', 'IE', 'EUR', 53.35, -6.26, 0),
  city('Lisbon', 'PT', 'EUR', 38.72, -9.14, 0),
  city('New York', 'US', 'USD', 40.71, -74.01, -5),
  city('Athens', 'GR', 'EUR', 37.98, 23.73, 2),
  city('Helsinki', 'FI', 'EUR', 60.17, 24.94, 2),
  city('Tokyo', 'JP', 'JPY', 35.68, 139.69, 9),
];

/** Where nobody of the customers lives; travellers are charged in dollars there. */
export const farCities: readonly City[] = [
  city('São Paulo', 'BR', 'USD', -23.55, -46.63, -3),
  city('Lagos', 'NG', 'USD', 6.52, 3.38, 1),
  city('Manila', 'PH', 'USD', 14.6, 120.98, 8),
  city('Jakarta', 'ID', 'USD', -6.21, 106.85, 7),
];

type Trade = {
  category: string;
  stem: string;
  /** Middle price in euro. */
  price: number;
  online: boolean;
  /** From when to when it sells, in its own time; an hour above 24 is in the next day. */
  open: readonly [number, number];
  /** How often people buy there, against the others. */
  visits: number;
};

const trades: readonly Trade[] = [
  { category: 'groceries', stem: 'market', price: 38, online: false, open: [7, 22], visits: 10 },
  { category: 'restaurants', stem: 'bistro', price: 31, online: false, open: [11, 24], visits: 6 },
  { category: 'fuel', stem: 'station', price: 48, online: false, open: [0, 24], visits: 3 },
  { category: 'pharmacies', stem: 'pharmacy', price: 17, online: false, open: [8, 20], visits: 2 },
  { category: 'electronics', stem: 'electronics', price: 60, online: true, open: [0, 24], visits: 1.2 },
  { category: 'fashion', stem: 'fashion', price: 52, online: true, open: [0, 24], visits: 2 },
  { category: 'games', stem: 'games', price: 15, online: true, open: [0, 24], visits: 2.5 },
  { category: 'travel', stem: 'travel', price: 62, online: true, open: [0, 24], visits: 0.5 },
  { category: 'books', stem: 'books', price: 21, online: true, open: [0, 24], visits: 1.5 },
  { category: 'gift_cards', stem: 'vouchers', price: 40, online: true, open: [0, 24], visits: 0.4 },
];

export type Merchant = Trade & { id: string; lat: number; lon: number; city: City };

const near = (value: number, roll: Roll): number => Number((value + (roll() - 0.5) * 0.09).toFixed(4));
const simple = (name: string): string =>
  name
    .normalize('NFD')
    .replace(/[^\p{L}]/gu, '')
    .toLowerCase();

/** Two merchants of each trade in every city where customers live. */
const merchantsOf = (seed: number, home: City): Merchant[] =>
  [1, 2].flatMap((number) =>
    trades.map((trade) => {
      const roll = dice(seed, 'merchant', home.name, trade.stem, number);
      return {
        ...trade,
        id: `${trade.stem}-${simple(home.name)}-${number}`,
        price: trade.price * (0.7 + roll() * 0.6),
        lat: near(home.lat, roll),
        lon: near(home.lon, roll),
        city: home,
      };
    }),
  );

export type Customer = {
  id: string;
  home: City;
  lat: number;
  lon: number;
  cards: string[];
  /** The telephone first. */
  devices: string[];
  ip: string;
  /** Spends so many times what others spend. */
  taste: number;
  /** Pays so many times as often. */
  busy: number;
  /** Share of purchases made online. */
  onlineShare: number;
  /** Hours by which the day is later than other people's. */
  late: number;
  /** Merchants that this customer goes back to, the dearest habit first. */
  habits: { here: Merchant[]; online: Merchant[] };
};

// Addresses set aside for tests of networks (RFC 2544): they belong to nobody.
const address = (number: number): string =>
  `198.${18 + ((number >>> 16) & 1)}.${(number >>> 8) & 255}.${number & 255}`;

export const cardToken = (roll: Roll): string =>
  `tok_${hex(roll, 8)}_${String(Math.floor(roll() * 10_000)).padStart(4, '0')}`;
export const deviceId = (roll: Roll): string => `dev-${hex(roll, 12)}`;

const several = (list: readonly Merchant[], count: number, roll: Roll): Merchant[] => {
  const left = [...list];
  const chosen: Merchant[] = [];
  while (chosen.length < count && left.length > 0)
    chosen.push(left.splice(Math.floor(roll() * left.length), 1)[0] as Merchant);
  return chosen;
};

/** Who lives and sells there. Customers and merchants follow from the seed alone. */
export class World {
  readonly seed: number;
  readonly size: number;
  readonly shops = new Map<City, Merchant[]>();
  readonly online: Merchant[];
  readonly #customers: (Customer | undefined)[] = [];

  /** @param size how many customers */
  constructor(seed: number, size: number) {
    this.seed = seed;
    this.size = size;
    for (const home of cities) this.shops.set(home, merchantsOf(seed, home));
    this.online = [...this.shops.values()].flat().filter((shop) => shop.online);
  }

  /** The customer of a number: where they live, what they pay with, where and when they buy. */
  customer(number: number): Customer {
    this.#customers[number] ??= this.#make(number);
    return this.#customers[number] as Customer;
  }

  someone(roll: Roll): Customer {
    return this.customer(Math.floor(roll() * this.size));
  }

  /** Sells over the counter there; far places have one market of their own. */
  counters(place: City): Merchant[] {
    return (this.shops.get(place) ?? merchantsOf(this.seed, place)).filter((shop) => !shop.online);
  }

  onlineShop(category: string, roll: Roll): Merchant {
    return pick(
      this.online.filter((shop) => shop.category === category),
      roll,
    );
  }

  #make(number: number): Customer {
    const roll = dice(this.seed, 'customer', number);
    const home = cities[Math.floor(roll() ** 1.6 * cities.length)] as City;
    const shops = this.shops.get(home) as Merchant[];
    const counters = shops.filter((shop) => !shop.online);
    const local = shops.filter((shop) => shop.online);
    return {
      id: `cust-${String(number).padStart(5, '0')}`,
      home,
      lat: near(home.lat, roll),
      lon: near(home.lon, roll),
      cards: Array.from({ length: roll() < 0.25 ? 2 : 1 }, () => cardToken(roll)),
      devices: Array.from({ length: roll() < 0.4 ? 2 : 1 }, () => deviceId(roll)),
      ip: address(number * 7),
      taste: Math.exp(bell(roll) * 0.4),
      busy: Math.exp(bell(roll) * 0.7 - 0.245),
      onlineShare: 0.1 + roll() ** 2 * 0.6,
      late: bell(roll) * 1.2,
      habits: {
        here: several(counters, 5, roll),
        online: [...several(local, 3, roll), ...several(this.online, 2, roll)],
      },
    };
  }
}
