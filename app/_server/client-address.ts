import diagnostics from 'node:diagnostics_channel';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { BlockList, isIP } from 'node:net';
import { newRequestId } from '@/domain/actor';
import { clientAddressHeader, requestIdHeader } from './header-names';

/** VIGIL_TRUSTED_PROXIES: addresses and networks (10.0.0.0/8) whose X-Forwarded-For is believed; by default none. */
export const trustedProxies = (list: string | undefined): BlockList => {
  const trusted = new BlockList();
  for (const entry of (list ?? '').split(',').map((part) => part.trim())) {
    const [address = '', bits] = entry.split('/');
    const version = isIP(address);
    if (version === 0) continue;
    const family = version === 4 ? 'ipv4' : 'ipv6';
    if (bits === undefined) trusted.addAddress(address, family);
    else trusted.addSubnet(address, Number(bits), family);
  }
  return trusted;
};

const plain = (address: string): string => address.trim().replace(/^::ffff:(?=\d+\.)/i, '');

const isTrusted = (trusted: BlockList, address: string): boolean => {
  const version = isIP(address);
  return version !== 0 && trusted.check(address, version === 4 ? 'ipv4' : 'ipv6');
};

/** The first address, from our end of the chain, that is not one of our own proxies. */
export const clientAddress = (
  socketAddress: string | undefined,
  forwardedFor: string | undefined,
  trusted: BlockList,
): string | null => {
  let client = plain(socketAddress ?? '');
  const chain = (forwardedFor ?? '').split(',').map(plain).filter(Boolean);
  while (isTrusted(trusted, client) && chain.length > 0) {
    const before = chain.pop() as string;
    if (isIP(before) === 0) break;
    client = before;
  }
  return isIP(client) === 0 ? null : client;
};

const held = globalThis as typeof globalThis & { vigilAddressHook?: boolean };

/**
 * Gives every request its true address and an id before Next sees it. Next itself would believe any client's
 * X-Forwarded-For, and its handlers cannot see the socket.
 */
export const stampRequests = (): void => {
  if (held.vigilAddressHook) return;
  held.vigilAddressHook = true;
  const trusted = trustedProxies(process.env.VIGIL_TRUSTED_PROXIES);
  diagnostics.subscribe('http.server.request.start', (message) => {
    const { request, response } = message as { request: IncomingMessage; response: ServerResponse };
    const { headers, socket } = request;
    const forwarded = headers['x-forwarded-for'];
    const chain = Array.isArray(forwarded) ? forwarded.join(',') : forwarded;
    const address = clientAddress(socket.remoteAddress, chain, trusted);
    if (!isTrusted(trusted, plain(socket.remoteAddress ?? '')))
      for (const name of Object.keys(headers)) if (name.startsWith('x-forwarded-')) delete headers[name];
    delete headers[clientAddressHeader];
    if (address) headers[clientAddressHeader] = address;
    const requestId = newRequestId();
    headers[requestIdHeader] = requestId;
    response.setHeader('X-Request-Id', requestId);
  });
};
