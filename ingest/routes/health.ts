import type { FastifyInstance, FastifyPluginAsync } from 'fastify';
import { databaseSql } from '@/db/client';
import { within } from '../availability';
import type { Engine } from '../engine';
import { openApi } from '../openapi';

type Checks = { database: boolean; rules: boolean; partitions: boolean };

/** Nobody needs a key to ask, so asking often must not cost the database more than twice a second. */
const keptFor = 500;

const look = async (engine: Engine): Promise<Checks> => {
  try {
    const [row] = await within(
      1500,
      databaseSql()<{ there: boolean }[]>`
        select to_regclass(to_char(now() at time zone 'UTC', '"transactions_y"YYYY"m"MM')) is not null as there`,
    );
    return { database: true, rules: engine.ready, partitions: row?.there === true };
  } catch {
    return { database: false, rules: engine.ready, partitions: false };
  }
};

const word = (good: boolean): 'ok' | 'unavailable' => (good ? 'ok' : 'unavailable');

/** `GET /api/v1/health`: 200 when a payment sent now would be decided, else 503; and the API's description. */
export const healthRoutes =
  (engine: Engine): FastifyPluginAsync =>
  async (app: FastifyInstance) => {
    let kept: { at: number; checks: Promise<Checks> } | null = null;

    app.get('/api/v1/health', async (_, reply) => {
      if (!kept || Date.now() - kept.at > keptFor) kept = { at: Date.now(), checks: look(engine) };
      const { database, rules, partitions } = await kept.checks;
      const good = database && rules && partitions;
      if (!good) reply.code(503).header('retry-after', '1');
      return {
        status: word(good),
        checks: { database: word(database), rules: word(rules), partitions: word(partitions) },
      };
    });

    const description = JSON.stringify(openApi());
    app.get('/api/v1/openapi.json', async (_, reply) => {
      reply.header('content-type', 'application/json; charset=utf-8');
      return description;
    });
  };
