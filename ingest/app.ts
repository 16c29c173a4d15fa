import Fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import { newRequestId } from '@/domain/actor';
import { Door } from './door';
import type { Engine } from './engine';
import type { ApiKey } from './key-ring';
import { isPlainUtf8, paymentLimit, readJson } from './media';
import { IngestMeters } from './meters';
import { Problem, problemBody, problemOf, refusals, sendProblem } from './problems';
import { batchPath, batchRoutes } from './routes/batch';
import { healthRoutes } from './routes/health';
import { labelRoutes } from './routes/labels';
import { transactionRoutes } from './routes/transactions';
import type { Usage } from './usage';

declare module 'fastify' {
  interface FastifyRequest {
    apiKey: ApiKey | null;
    arrivedAt: number;
  }
}

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;

export type IngestDeps = { engine: Engine; usage: Usage; door?: Door; meters?: IngestMeters };

/** The decision API as a Fastify instance that does not listen yet. */
export const buildIngest = ({
  engine,
  usage,
  door = new Door(engine),
  meters = new IngestMeters(engine, usage),
}: IngestDeps): FastifyInstance => {
  const app = Fastify({
    bodyLimit: paymentLimit,
    logger: false,
    genReqId: newRequestId,
    requestIdHeader: false,
    trustProxy: process.env.VIGIL_TRUSTED_PROXIES || false,
    routerOptions: { maxParamLength: 1300, caseSensitive: true },
    requestTimeout: 15_000,
    keepAliveTimeout: 65_000,
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    frameworkErrors: (error, request, reply) => {
      sendProblem(reply, problemOf(error, request.id));
    },
    clientErrorHandler: refuseUnreadable,
  });
  app.decorateRequest('apiKey', null);
  app.decorateRequest('arrivedAt', 0);
  readJsonOnly(app);
  countCalls(app, usage, meters);
  app.setErrorHandler((error, request, reply) => sendProblem(reply, problemOf(error, request.id)));
  app.setNotFoundHandler((_, reply) => sendProblem(reply, new Problem('no_such_path')));
  const taken = new Map<string, Set<string>>();
  app.addHook('onRoute', (route) => {
    const known = taken.get(route.url) ?? new Set();
    for (const method of [route.method].flat()) known.add(method);
    taken.set(route.url, known);
  });
  // A payment may be called `batch`, and is asked for like any other.
  taken.set(batchPath, new Set(['GET', 'HEAD']));
  app.register(healthRoutes(engine));
  app.register(transactionRoutes(engine, door));
  app.register(batchRoutes(engine, door));
  app.register(labelRoutes(engine, door));
  app.register(async (scope) => {
    for (const [url, allowed] of [...taken]) refuseOtherMethods(scope, url, allowed);
  });
  return app;
};

function refuseOtherMethods(app: FastifyInstance, url: string, allowed: ReadonlySet<string>): void {
  const allow = methods.filter((method) => allowed.has(method)).join(', ');
  app.route({
    method: methods.filter((method) => !allowed.has(method)),
    url,
    // Before the body: what it holds does not matter.
    onRequest: async () => {
      throw new Problem('method_not_allowed', [], { allow });
    },
    handler: async () => '',
  });
}

function readJsonOnly(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    if (!isPlainUtf8(request)) return done(new Problem('unsupported_media_type'), undefined);
    try {
      done(null, readJson(body as Buffer));
    } catch {
      done(new Problem('invalid_json'), undefined);
    }
  });
}

const bytes = (header: unknown): number => Number(header ?? 0) || 0;

/** The path of the API's description, not what a stranger typed. */
const endpointOf = (request: FastifyRequest): string =>
  request.routeOptions.url?.replace(/:(\w+)/g, '{$1}') ?? '(none)';

/** Every answer gets its headers, every call its row. */
function countCalls(app: FastifyInstance, usage: Usage, meters: IngestMeters): void {
  app.addHook('onRequest', async (request, reply) => {
    request.arrivedAt = Date.now();
    reply.header('x-content-type-options', 'nosniff').header('cache-control', 'no-store');
    reply.header('x-request-id', request.id);
  });
  app.addHook('onResponse', async (request, reply) => {
    const endpoint = endpointOf(request);
    const method = request.method.slice(0, 10);
    meters.answered({ route: endpoint, method, status: reply.statusCode, ms: reply.elapsedTime });
    usage.add({
      endpoint,
      method,
      ownerId: request.apiKey?.ownerId ?? null,
      ip: request.ip,
      ms: reply.elapsedTime,
      status: reply.statusCode,
      requestBytes: bytes(request.headers['content-length']),
      responseBytes: bytes(reply.getHeader('content-length')),
      at: request.arrivedAt || Date.now(),
      keyId: request.apiKey?.id ?? null,
    });
  });
}

/** What is not HTTP, or comes too slowly, never reaches a route. */
function refuseUnreadable(error: Error & { code?: string }, socket: import('node:net').Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy(error);
    return;
  }
  refusals.bad_request += 1;
  const body = JSON.stringify(problemBody(new Problem('bad_request'), newRequestId()));
  socket.end(
    `HTTP/1.1 400 Bad Request\r\ncontent-type: application/problem+json\r\nx-content-type-options: nosniff\r\ncache-control: no-store\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
}
