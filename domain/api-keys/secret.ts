import { createHash, randomBytes, randomInt } from 'node:crypto';

/** `vgl_`, eight characters to tell keys apart, and 256 random bits. */
const shape = /^vgl_[A-Za-z0-9]{8}_[A-Za-z0-9_-]{43}$/;
const alphabet = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789';

/** True when the text could be a key; what is not is refused without looking it up. */
export const looksLikeKey = (text: string): boolean => shape.test(text);

/** SHA-256 (hex) of a key: all that is kept of it. A key has 256 bits, so no slow hash is needed. */
export const hashKey = (key: string): string => createHash('sha256').update(key).digest('hex');

/** A new key; `prefix` (`vgl_` and eight characters) is what lists show. */
export const newKey = (): { key: string; prefix: string; hash: string } => {
  const name = Array.from({ length: 8 }, () => alphabet[randomInt(alphabet.length)]).join('');
  const prefix = `vgl_${name}`;
  const key = `${prefix}_${randomBytes(32).toString('base64url')}`;
  return { key, prefix, hash: hashKey(key) };
};
