import type { FastifyRequest } from 'fastify';

/** A payment may have this many bytes, alone or as part of a batch. */
export const paymentLimit = 64 * 1024;

const decoder = new TextDecoder('utf-8', { fatal: true });

/** JSON in UTF-8. @throws when it is not */
export const readJson = (bytes: Buffer): unknown => JSON.parse(decoder.decode(bytes));

/** Whether the body comes as it is, in UTF-8. */
export const isPlainUtf8 = ({ headers }: FastifyRequest): boolean => {
  const charset = /charset\s*=\s*"?([^\s";]+)/i.exec(headers['content-type'] ?? '')?.[1];
  const encoding = headers['content-encoding'];
  return (!encoding || encoding === 'identity') && (!charset || /^utf-?8$/i.test(charset));
};
