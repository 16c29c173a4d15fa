import { type Payment, payloadHash } from './input';

/** A payment as it is kept in `transaction_stream.raw_data`: what was not sent is absent. */
export const keptPayment = (payment: Payment): Record<string, unknown> =>
  Object.fromEntries(Object.entries(payment).filter(([, value]) => value !== null));

const nothingSent: { [K in keyof Payment]: null } = {
  transaction_id: null,
  user_id: null,
  merchant_id: null,
  transaction_timestamp: null,
  amount: null,
  currency: null,
  latitude: null,
  longitude: null,
  country: null,
  device_id: null,
  ip_address: null,
  channel: null,
  card_token: null,
  merchant_category: null,
  metadata: null,
};

/**
 * Reads a payment back from what is kept of it, or null when that is not what the hash was made from: then somebody has
 * changed it, and nobody knows what was sent.
 */
export const readKeptPayment = (kept: unknown, hash: string): Payment | null => {
  if (typeof kept !== 'object' || kept === null || Array.isArray(kept)) return null;
  if (Object.keys(kept).some((name) => !(name in nothingSent))) return null;
  const payment = { ...nothingSent, ...kept } as unknown as Payment;
  return payloadHash(payment) === hash ? payment : null;
};
