import type { Roll } from './dice';
import { type City, type Customer, farCities, type Merchant } from './world';

/** A body for the decision API, but for its id. */
export type Purchase = {
  user_id: string;
  merchant_id: string;
  /** Milliseconds since 1970. */
  at: number;
  amount: string;
  currency: string;
  latitude: number;
  longitude: number;
  country: string;
  device_id?: string;
  ip_address?: string;
  channel: 'pos' | 'web' | 'app';
  card_token: string;
  merchant_category: string;
};

/** From where somebody pays who is not the customer. */
export type Machine = { device_id: string; ip_address: string; place: City };

/** An amount in the money of a place. */
export const money = (euros: number, place: City): string => {
  const decimals = place.currency === 'JPY' ? 0 : 2;
  return Math.max(euros * place.scale, decimals === 0 ? 1 : 0.01).toFixed(decimals);
};

export const overCounter = (
  who: { id: string },
  shop: Merchant,
  paid: { euros: number; at: number; card: string },
): Purchase => ({
  user_id: who.id,
  merchant_id: shop.id,
  at: paid.at,
  amount: money(paid.euros, shop.city),
  currency: shop.city.currency,
  latitude: shop.lat,
  longitude: shop.lon,
  country: shop.city.country,
  channel: 'pos',
  card_token: paid.card,
  merchant_category: shop.category,
});

/** From the customer's own machine and home, or from `machine`. */
export const online = (
  who: Pick<Customer, 'id' | 'home' | 'lat' | 'lon' | 'devices' | 'ip'>,
  shop: Merchant,
  paid: { euros: number; at: number; card: string; device?: number; machine?: Machine },
): Purchase => ({
  user_id: who.id,
  merchant_id: shop.id,
  at: paid.at,
  amount: money(paid.euros, shop.city),
  currency: shop.city.currency,
  latitude: paid.machine?.place.lat ?? who.lat,
  longitude: paid.machine?.place.lon ?? who.lon,
  country: paid.machine?.place.country ?? who.home.country,
  device_id: paid.machine?.device_id ?? (who.devices[paid.device ?? 0] as string),
  ip_address: paid.machine?.ip_address ?? who.ip,
  // The telephone has the shop's app.
  channel: paid.machine || paid.device ? 'web' : 'app',
  card_token: paid.card,
  merchant_category: shop.category,
});

// The last are set aside for documents (RFC 5737): they belong to nobody.
export const machine = (roll: Roll): Machine => ({
  device_id: `dev-${Math.floor(roll() * 2 ** 40).toString(16)}`,
  ip_address: `203.0.113.${1 + Math.floor(roll() * 254)}`,
  place: farCities[Math.floor(roll() * farCities.length)] as City,
});
