import diagnostics from 'node:diagnostics_channel';
import fs from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import path from 'node:path';
import { databaseSql } from '@/db/client';
import { log } from '@/domain/log';
import { CallMeter } from '@/domain/metrics/call-meter';
import { isMetricsServer, startMetricsListener } from '@/domain/metrics/listener';
import { gaugeOf, processRegistry } from '@/domain/metrics/registry';
import { Sampler } from '@/domain/metrics/sampler';
import { openStreams } from './live-hub';
import { routeNames } from './route-names';
import { onShutdown } from './shutdown';

const streamRoute = '/api/live';
const held = globalThis as typeof globalThis & { vigilMeters?: boolean };

/** The routes of the build that runs; without one (development) all calls have the same name. */
const builtRoutes = (): string[] => {
  const file = path.resolve(process.env.VIGIL_NEXT_DIR || '.next', 'app-path-routes-manifest.json');
  try {
    return Object.values(JSON.parse(fs.readFileSync(file, 'utf8')) as Record<string, string>);
  } catch (error) {
    log.debug({ err: error }, 'no list of routes');
    return [];
  }
};

/** Counts what the console's server does, serves it to Prometheus and samples it; called once from instrumentation.ts. */
export const meterConsole = (): void => {
  if (held.vigilMeters) return;
  held.vigilMeters = true;
  const registry = processRegistry('web');
  const calls = new CallMeter(registry);
  gaugeOf(registry, { name: 'vigil_live_streams', help: 'Open event streams' }, () => [
    { value: openStreams() },
  ]);
  countCalls(calls, routeNames(builtRoutes()));
  const listener = startMetricsListener({ process: 'web', registry });
  const sampler = new Sampler({
    sql: databaseSql,
    process: 'web',
    read: () => ({ ...calls.read(), 'process.live_streams': openStreams() }),
  });
  sampler.start();
  onShutdown(() => {
    sampler.stop();
    void listener.stop();
  });
};

const countCalls = (calls: CallMeter, nameOf: (path: string) => string): void => {
  diagnostics.subscribe('http.server.request.start', (message) => {
    const { request, response, server } = message as {
      request: IncomingMessage;
      response: ServerResponse;
      server: unknown;
    };
    if (isMetricsServer(server)) return;
    const begun = performance.now();
    // Next rewrites the address on its way.
    const route = nameOf((request.url ?? '/').split('?')[0] as string);
    const method = request.method ?? 'GET';
    response.once('close', () => {
      // A stream is open for as long as its page is: that is no time to answer.
      const ms = route === streamRoute ? null : performance.now() - begun;
      calls.record({ route, method, status: response.statusCode, ms });
    });
  });
};
