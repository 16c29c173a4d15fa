import { createHash, timingSafeEqual } from 'node:crypto';
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import type { Registry } from 'prom-client';
import { log } from '@/domain/log';
import type { ProcessName } from './catalogue';

export type ListenerOptions = {
  process: ProcessName;
  registry: Registry;
  /** For processes without an address of their own: whether they can work now, on `/health`. */
  health?: () => Promise<boolean>;
  env?: Record<string, string | undefined>;
};
export type Listener = {
  /** The port once it listens, null before. */
  port(): number | null;
  stop(): Promise<void>;
};

const againAfterMs = 5_000;
const loopback = new Set(['127.0.0.1', '::1', 'localhost']);
const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

const marked = new WeakSet<http.Server>();
/** Whether a server of this process is the one that answers Prometheus: its calls are nobody's work. */
export const isMetricsServer = (server: unknown): boolean => marked.has(server as http.Server);

/** The name that a caller used, without its port. */
const hostOf = (header: string | undefined): string =>
  (header ?? '').replace(/:\d+$/, '').replace(/^\[|\]$/g, '');

/**
 * Serves `/metrics` on a port of its own, never on the one that people or payment systems reach: VIGIL_<PROCESS>_METRICS_PORT,
 * off without it; on loopback unless VIGIL_METRICS_HOST says otherwise. With VIGIL_METRICS_TOKEN callers must bring
 * it; beyond loopback there is no listening without one. A port that is taken is tried again and stops nothing else.
 */
export const startMetricsListener = (options: ListenerOptions): Listener => {
  const env = options.env ?? process.env;
  const name = `VIGIL_${options.process.toUpperCase()}_METRICS_PORT`;
  const port = Number(env[name] || Number.NaN);
  const host = env.VIGIL_METRICS_HOST || '127.0.0.1';
  const token = env.VIGIL_METRICS_TOKEN ? digest(env.VIGIL_METRICS_TOKEN) : null;
  const off: Listener = { port: () => null, stop: async () => {} };
  if (!env[name] || env[name] === 'off') return off;
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    log.error({ [name]: env[name] }, 'metrics are not served: that is no port');
    return off;
  }
  if (!token && !loopback.has(host)) {
    log.error({ host }, 'metrics are not served: beyond loopback VIGIL_METRICS_TOKEN must be set');
    return off;
  }
  return listen(options, { port, host, token });
};

function listen(
  { registry, health, process: name }: ListenerOptions,
  place: { port: number; host: string; token: Buffer | null },
): Listener {
  const server = http.createServer({ requestTimeout: 5_000, headersTimeout: 5_000 }, (request, response) => {
    void answer(request, response, { registry, health, token: place.token });
  });
  marked.add(server);
  server.maxConnections = 32;
  server.unref();
  let timer: NodeJS.Timeout | undefined;
  let complained = false;
  server.on('error', (error) => {
    if (!complained) log.error({ err: error, port: place.port }, 'metrics are not served; trying again');
    complained = true;
    timer = setTimeout(() => server.listen(place.port, place.host), againAfterMs);
    timer.unref();
  });
  server.on('listening', () => log.info({ process: name, address: server.address() }, 'metrics are served'));
  server.listen(place.port, place.host);
  return {
    port: () => {
      const address = server.address();
      return address && typeof address === 'object' ? address.port : null;
    },
    stop: async () => {
      clearTimeout(timer);
      server.closeAllConnections();
      if (server.listening) await new Promise((resolve) => server.close(resolve));
    },
  };
}

type Answering = Pick<ListenerOptions, 'registry' | 'health'> & { token: Buffer | null };

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { registry, health, token }: Answering,
): Promise<void> {
  const send = (status: number, body: string, headers: Record<string, string> = {}) => {
    response.writeHead(status, {
      'content-type': 'text/plain; charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      ...headers,
    });
    response.end(request.method === 'HEAD' ? undefined : body);
  };
  // Without a token only names of this machine count: a page elsewhere may have its own name lead here.
  if (!token && !loopback.has(hostOf(request.headers.host))) return send(403, 'not from here\n');
  if (request.method !== 'GET' && request.method !== 'HEAD')
    return send(405, 'read only\n', { allow: 'GET, HEAD' });
  const path = request.url?.split('?')[0];
  if (path === '/health' && health) {
    const good = await health().catch(() => false);
    return send(good ? 200 : 503, good ? 'ok\n' : 'unavailable\n');
  }
  if (path !== '/metrics') return send(404, 'nothing here\n');
  const given = /^Bearer +(\S+) *$/i.exec(request.headers.authorization ?? '')?.[1] ?? '';
  if (token && !timingSafeEqual(digest(given), token))
    return send(401, 'a token is needed\n', { 'www-authenticate': 'Bearer realm="vigil metrics"' });
  try {
    send(200, await registry.metrics(), { 'content-type': registry.contentType });
  } catch (error) {
    log.error({ err: error }, 'metrics could not be collected');
    send(500, 'not collected\n');
  }
}
