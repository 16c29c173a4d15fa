/** Numbers that follow from a seed and a place in a sequence alone: the same demo on every machine, from any point. */
export const dice = (seed: number, ...at: (number | string)[]): (() => number) => {
  let state = seed >>> 0;
  for (const part of at)
    for (const char of String(part)) state = Math.imul(state ^ char.charCodeAt(0), 0x01000193) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
};

export const pick = <T>(list: readonly T[], roll: () => number): T =>
  list[Math.floor(roll() * list.length)] as T;

export type City = {
  name: string;
  country: string;
  currency: string;
  lat: number;
  lon: number;
  scale: number;
};

const city = (name: string, country: string, currency: string, lat: number, lon: number): City => ({
  name,
  country,
  currency,
  lat,
  lon,
  // Prices in the city's money, against the euro.
  scale: { EUR: 1, USD: 1.15, GBP: 0.88, TRY: 48, CHF: 0.93, SEK: 11, PLN: 4.2, JPY: 178 }[currency] ?? 1,
});

/** Where the demo's customers live; the farther down, the fewer. */
export const cities: readonly City[] = [
  city('Berlin', 'DE', 'EUR', 52.52, 13.41),
  city('Paris', 'FR', 'EUR', 48.86, 2.35),
  city('Madrid', 'ES', 'EUR', 40.42, -3.7),
  city('İstanbul', 'TR', 'TRY', 41.01, 28.98),
  city('Amsterdam', 'NL', 'EUR', 52.37, 4.9),
  city('London', 'GB', 'GBP', 51.51, -0.13),
  city('Milan', 'IT', 'EUR', 45.46, 9.19),
  city('Vienna', 'AT', 'EUR', 48.21, 16.37),
  city('Brussels', 'BE', 'EUR', 50.85, 4.35),
  city('Ankara', 'TR', 'TRY', 39.93, 32.86),
  city('Munich', 'DE', 'EUR', 48.14, 11.58),
  city('Warsaw', 'PL', 'PLN', 52.23, 21.01),
  city('Stockholm', 'SE', 'SEK', 59.33, 18.07),
  city('Zürich', 'CH', 'CHF', 47.38, 8.54),
  city('Dublin', 'IE', 'EUR', 53.35, -6.26),
  city('Lisbon', 'PT', 'EUR', 38.72, -9.14),
  city('New York', 'US', 'USD', 40.71, -74.01),
  city('Athens', 'GR', 'EUR', 37.98, 23.73),
  city('Helsinki', 'FI', 'EUR', 60.17, 24.94),
  city('Tokyo', 'JP', 'JPY', 35.68, 139.69),
];

/** Where attacks seem to come from. */
export const farCities: readonly City[] = [
  city('São Paulo', 'BR', 'USD', -23.55, -46.63),
  city('Lagos', 'NG', 'USD', 6.52, 3.38),
  city('Manila', 'PH', 'USD', 14.6, 120.98),
  city('Jakarta', 'ID', 'USD', -6.21, 106.85),
];

/** Merchants of a category, with their middle price in euro, and whether they sell online. */
const trades: readonly { category: string; price: number; online: boolean; stem: string }[] = [
  { category: 'groceries', price: 34, online: false, stem: 'market' },
  { category: 'restaurants', price: 28, online: false, stem: 'bistro' },
  { category: 'fuel', price: 58, online: false, stem: 'station' },
  { category: 'pharmacies', price: 17, online: false, stem: 'pharmacy' },
  { category: 'electronics', price: 85, online: true, stem: 'electronics' },
  { category: 'fashion', price: 62, online: true, stem: 'fashion' },
  { category: 'games', price: 15, online: true, stem: 'games' },
  { category: 'travel', price: 95, online: true, stem: 'travel' },
  { category: 'books', price: 21, online: true, stem: 'books' },
];

export type Merchant = {
  id: string;
  category: string;
  price: number;
  online: boolean;
  lat: number;
  lon: number;
  city: City;
};

const near = (value: number, roll: () => number): number =>
  Number((value + (roll() - 0.5) * 0.09).toFixed(4));
const simple = (name: string): string =>
  name
    .normalize('NFD')
    .replace(/[^\p{L}]/gu, '')
    .toLowerCase();

/** Eighteen shops a city: two of each trade. */
export const merchants = (seed: number): Merchant[] =>
  cities.flatMap((home) =>
    [1, 2].flatMap((number) =>
      trades.map((trade) => {
        const roll = dice(seed, 'merchant', home.name, trade.stem, number);
        return {
          id: `${trade.stem}-${simple(home.name)}-${number}`,
          category: trade.category,
          price: trade.price * (0.7 + roll() * 0.6),
          online: trade.online,
          lat: near(home.lat, roll),
          lon: near(home.lon, roll),
          city: home,
        };
      }),
    ),
  );

export type Customer = {
  id: string;
  home: City;
  lat: number;
  lon: number;
  cards: string[];
  device: string;
  ip: string;
  /** Spends so many times what others spend. */
  taste: number;
};

const hex = (roll: () => number, digits: number): string =>
  Array.from({ length: digits }, () => Math.floor(roll() * 16).toString(16)).join('');

// Addresses set aside for tests of networks (RFC 2544): they belong to nobody.
const address = (number: number): string =>
  `198.${18 + ((number >>> 16) & 1)}.${(number >>> 8) & 255}.${number & 255}`;

/** The customer of a number: where they live, what they pay with. */
export const customer = (seed: number, number: number): Customer => {
  const roll = dice(seed, 'customer', number);
  const home = cities[Math.floor(roll() ** 1.6 * cities.length)] as City;
  const cards = Array.from(
    { length: roll() < 0.25 ? 2 : 1 },
    () => `tok_${hex(roll, 8)}_${String(Math.floor(roll() * 10_000)).padStart(4, '0')}`,
  );
  return {
    id: `cust-${String(number).padStart(5, '0')}`,
    home,
    lat: near(home.lat, roll),
    lon: near(home.lon, roll),
    cards,
    device: `dev-${hex(roll, 12)}`,
    ip: address(number * 7),
    taste: Math.exp((roll() - 0.5) * 1.2),
  };
};
