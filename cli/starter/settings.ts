import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { demoDays } from '@/db/seed/simulator/demo';

/** A reason not to start that the person at the keyboard can do something about; shown without a stack. */
export class StartError extends Error {}

export type Environment = Record<string, string | undefined>;

export type Settings = {
  root: string;
  dataDir: string;
  webPort: number;
  ingestPort: number;
  /** Where each process serves its metrics, `off` for nowhere. */
  metricsPorts: { web: string; ingest: string; worker: string };
  /** Demo accounts and demo traffic. */
  demo: boolean;
  /** How many hours of payments a new demo begins with. */
  historyHours: number;
  /** `next dev` instead of the production build. */
  dev: boolean;
  databaseUrl: string | null;
  directUrl: string | null;
  /** Where people reach the console when a proxy stands before it. */
  webOrigin: string | null;
  /** A streaming standby, for long reads. */
  analyticsUrl: string | null;
  /** PgBouncer's own console. */
  poolerAdminUrl: string | null;
  nextDir: string;
};

export const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

/** Reads what the environment and the arguments ask for; throws StartError naming the variable that is wrong. */
export function readSettings(env: Environment, args: string[]): Settings {
  for (const arg of args) {
    if (arg !== '--dev') throw new StartError(`Unknown argument ${arg}. Known: --dev.`);
  }
  const webPort = readPort(env, 'VIGIL_WEB_PORT', 3000);
  const ingestPort = readPort(env, 'VIGIL_INGEST_PORT', 3001);
  if (webPort === ingestPort) throw new StartError('VIGIL_WEB_PORT and VIGIL_INGEST_PORT must differ.');
  if (env.VIGIL_DEMO !== undefined && !['', '0', '1'].includes(env.VIGIL_DEMO)) {
    throw new StartError(`VIGIL_DEMO is ${env.VIGIL_DEMO}; it takes 0 or 1.`);
  }
  const startedIn = env.VIGIL_STARTED_IN || process.cwd();
  return {
    root,
    dataDir: env.VIGIL_DATA_DIR ? path.resolve(startedIn, env.VIGIL_DATA_DIR) : path.join(root, '.vigil'),
    webPort,
    ingestPort,
    metricsPorts: {
      web: readMetricsPort(env, 'VIGIL_WEB_METRICS_PORT', 9431),
      ingest: readMetricsPort(env, 'VIGIL_INGEST_METRICS_PORT', 9432),
      worker: readMetricsPort(env, 'VIGIL_WORKER_METRICS_PORT', 9433),
    },
    demo: env.VIGIL_DEMO !== '0',
    historyHours: readHistoryHours(env),
    dev: args.includes('--dev'),
    databaseUrl: readUrl(env, 'DATABASE_URL'),
    directUrl: readUrl(env, 'DIRECT_DATABASE_URL'),
    webOrigin: env.VIGIL_WEB_ORIGIN || null,
    analyticsUrl: readUrl(env, 'ANALYTICS_DATABASE_URL'),
    poolerAdminUrl: readUrl(env, 'VIGIL_POOLER_ADMIN_URL'),
    nextDir: env.VIGIL_NEXT_DIR || '.next',
  };
}

function readPort(env: Environment, name: string, usual: number): number {
  const text = env[name];
  if (!text) return usual;
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new StartError(`${name} is ${text}; it takes a port from 1 to 65535.`);
  }
  return port;
}

function readMetricsPort(env: Environment, name: string, usual: number): string {
  return env[name] === 'off' ? 'off' : String(readPort(env, name, usual));
}

function readHistoryHours(env: Environment): number {
  const most = 24 * demoDays;
  const hours = Number(env.VIGIL_DEMO_HISTORY_HOURS || most);
  if (Number.isInteger(hours) && hours >= 0 && hours <= most) return hours;
  throw new StartError(`VIGIL_DEMO_HISTORY_HOURS is ${env.VIGIL_DEMO_HISTORY_HOURS}; it takes 0 to ${most}.`);
}

function readUrl(env: Environment, name: string): string | null {
  const text = env[name];
  if (!text) return null;
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw new StartError(
      `${name} is not a URL; it looks like postgres://login:password@host:5432/fraud_detection.`,
    );
  }
  if (url.protocol !== 'postgres:' && url.protocol !== 'postgresql:') {
    throw new StartError(`${name} must begin with postgres://.`);
  }
  return text;
}
