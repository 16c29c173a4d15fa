import type { FastifyInstance } from 'fastify';
import { closeDatabase, databaseSql, directSql } from '@/db/client';
import { log } from '@/domain/log';
import { startMetricsListener } from '@/domain/metrics/listener';
import { Sampler } from '@/domain/metrics/sampler';
import { notifyChannel } from '@/domain/operation';
import { buildIngest } from './app';
import { within } from './availability';
import { Door } from './door';
import { Engine } from './engine';
import { IngestMeters } from './meters';
import { Usage } from './usage';

/** What is under way when the process is asked to end has this long. */
const stopWithin = 10_000;

const portOf = (text: string | undefined): number => {
  const port = Number(text || 3001);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new Error(`VIGIL_INGEST_PORT is ${text}`);
  return port;
};

/** Revoked and changed keys are noticed at once; without the database the key ring's own age limit holds. */
const watchKeys = async (door: Door, stopped: () => boolean): Promise<void> => {
  for (;;) {
    try {
      await directSql().listen(
        notifyChannel,
        (payload) => {
          if (payload.includes('"keys"')) door.keys.forget();
        },
        () => door.keys.forget(),
      );
      return;
    } catch (error) {
      if (stopped()) return;
      log.debug({ err: error }, 'not listening yet');
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
  }
};

const stop = async (app: FastifyInstance, engine: Engine, usage: Usage): Promise<void> => {
  // A connection that is kept alive becomes idle when its last answer is out; nobody else closes it then.
  const idle = setInterval(() => app.server.closeIdleConnections(), 100);
  await within(stopWithin, app.close()).catch(() => log.warn('calls were still under way'));
  clearInterval(idle);
  await within(3000, Promise.allSettled([usage.stop(), engine.stop()])).catch(() => {});
  await within(2000, closeDatabase()).catch(() => {});
};

const main = async (): Promise<void> => {
  const engine = new Engine();
  const usage = new Usage();
  const door = new Door(engine);
  const meters = new IngestMeters(engine, usage);
  const app = buildIngest({ engine, usage, door, meters });
  const metrics = startMetricsListener({ process: 'ingest', registry: meters.registry });
  const sampler = new Sampler({ sql: databaseSql, process: 'ingest', read: () => meters.read() });
  let stopping = false;
  const end = (signal: string) => {
    if (stopping) return;
    stopping = true;
    log.info({ signal }, 'stopping');
    sampler.stop();
    void metrics.stop();
    void stop(app, engine, usage).then(() => process.exit(0));
  };
  process.on('SIGTERM', () => end('SIGTERM'));
  process.on('SIGINT', () => end('SIGINT'));
  void watchKeys(door, () => stopping);
  sampler.start();
  await engine.start();
  const address = await app.listen({
    port: portOf(process.env.VIGIL_INGEST_PORT),
    host: process.env.VIGIL_INGEST_HOST || '127.0.0.1',
    backlog: 4096,
  });
  log.info({ address, rules: engine.ready }, 'ingest answers');
};

process.on('unhandledRejection', (error) => log.error({ err: error }, 'unhandled rejection'));

main().catch((error: unknown) => {
  log.fatal({ err: error }, 'ingest does not start');
  process.exit(1);
});
