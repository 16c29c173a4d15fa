import { hash, verify } from '@node-rs/argon2';
import { AppError } from '../errors';

// OWASP's floor with the best sustained rate measured here: 46 MiB, one pass, one lane; 2 is argon2id.
const parameters = { algorithm: 2, memoryCost: 47_104, timeCost: 1, parallelism: 1 } as const;

// Of a random password nobody has: verifying against it makes an unknown person take as long as a known one.
const nobodysHash =
  '$argon2id$v=19$m=47104,t=1,p=1$EJrCKruMa0BKb8IGIVfAtw$P8KhjrOyv6MtT1UO0MaILdMnJtbLntvq4W6saANZyiM';

const atOnce = 2;
const mayWait = 20;

type Gate = { running: number; waiting: (() => void)[] };
// Next loads modules more than once in a process; the processor and the memory are there once.
const held = globalThis as typeof globalThis & { vigilHashing?: Gate };

/** Two hashes at a time, twenty waiting; the next is refused, so that a flood of sign-ins cannot starve the pages. */
const oneOfFew = async <T>(work: () => Promise<T>): Promise<T> => {
  held.vigilHashing ??= { running: 0, waiting: [] };
  const gate = held.vigilHashing;
  if (gate.running >= atOnce) {
    if (gate.waiting.length >= mayWait) throw new AppError('too_many', { detail: 'hashing' });
    // The one that ends hands its place over, so `running` stays as it is.
    await new Promise<void>((resolve) => gate.waiting.push(resolve));
  } else gate.running += 1;
  try {
    return await work();
  } finally {
    const next = gate.waiting.shift();
    if (next) next();
    else gate.running -= 1;
  }
};

/**
 * argon2id as a PHC string.
 * @throws AppError('too_many') when too many are being hashed
 */
export const hashPassword = (password: string): Promise<string> => oneOfFew(() => hash(password, parameters));

/**
 * Whether the password belongs to the hash; null takes as long and is false.
 * @throws AppError('too_many') when too many are being hashed
 */
export const verifyPassword = (stored: string | null, password: string): Promise<boolean> =>
  oneOfFew(async () => {
    const right = await verify(stored ?? nobodysHash, password);
    return stored !== null && right;
  });
