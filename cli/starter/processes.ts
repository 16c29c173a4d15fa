import type { Secrets } from './private-files';
import type { Settings } from './settings';
import type { ProcessSpec } from './supervisor';

/** One login a process of the product, made by migrate. */
export type RoleUrls = {
  web: string;
  ingest: string;
  worker: string;
  maintainer: string;
  planner: string;
  readonly: string;
};
export type DatabaseUrls = {
  /** Past any pooler. */
  direct: RoleUrls;
  /** Through the pooler where there is one, else the same. */
  pooled: RoleUrls;
  /** On the standby, which has the roles of its primary; null without one. */
  analytics: RoleUrls | null;
};

/** Of the starter's own environment only this reaches a child: no login and no key of another process. */
function basicEnvironment(): Record<string, string> {
  const kept = [
    'PATH',
    'HOME',
    'USER',
    'LANG',
    'LC_ALL',
    'TZ',
    'TMPDIR',
    'NODE_EXTRA_CA_CERTS',
    'NODE_OPTIONS',
  ];
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env)) {
    const ours = name.startsWith('VIGIL_') && !/URL|SECRET|TOKEN|KEY|PASSWORD/.test(name);
    if (value !== undefined && (kept.includes(name) || ours)) env[name] = value;
  }
  return env;
}

const tsx = ['--import', 'tsx'];

export function processSpecs(settings: Settings, urls: DatabaseUrls, secrets: Secrets): ProcessSpec[] {
  const { webPort, ingestPort } = settings;
  const previous = process.env.VIGIL_PREVIOUS_NEXTAUTH_SECRET;
  const basic = {
    ...basicEnvironment(),
    NO_COLOR: '1',
    VIGIL_DEMO: settings.demo ? '1' : '0',
    NODE_ENV: settings.dev ? 'development' : 'production',
    VIGIL_SECRET_KEY: secrets.VIGIL_SECRET_KEY,
    VIGIL_WEB_URL: publicUrl(settings),
    VIGIL_INGEST_URL: ingestUrl(settings),
    ...(settings.directUrl ? { VIGIL_POOLER: '1' } : {}),
    VIGIL_WEB_METRICS_PORT: settings.metricsPorts.web,
    VIGIL_INGEST_METRICS_PORT: settings.metricsPorts.ingest,
    VIGIL_WORKER_METRICS_PORT: settings.metricsPorts.worker,
    ...(process.env.VIGIL_METRICS_TOKEN ? { VIGIL_METRICS_TOKEN: process.env.VIGIL_METRICS_TOKEN } : {}),
  };
  const pooler: Record<string, string> = settings.poolerAdminUrl
    ? { VIGIL_POOLER_ADMIN_URL: settings.poolerAdminUrl }
    : {};
  const next = ['node_modules/next/dist/bin/next', settings.dev ? 'dev' : 'start'];
  return [
    {
      name: 'ingest',
      args: [...tsx, 'ingest/server.ts'],
      env: {
        ...basic,
        VIGIL_PROCESS: 'ingest',
        VIGIL_INGEST_PORT: String(ingestPort),
        // Two statements a decision, prepared: always past the pooler.
        VIGIL_INGEST_DATABASE_URL: urls.direct.ingest,
        DIRECT_DATABASE_URL: urls.direct.ingest,
        VIGIL_POOLER: '0',
      },
    },
    {
      name: 'worker',
      args: [...tsx, 'worker/index.ts'],
      env: {
        ...basic,
        VIGIL_PROCESS: 'worker',
        VIGIL_WORKER_DATABASE_URL: urls.pooled.worker,
        VIGIL_MAINTAINER_DATABASE_URL: urls.direct.maintainer,
        DIRECT_DATABASE_URL: urls.direct.worker,
        ...(urls.analytics ? { ANALYTICS_DATABASE_URL: urls.analytics.worker } : {}),
        ...pooler,
      },
    },
    {
      name: 'web',
      args: [...next, '-H', '127.0.0.1', '-p', String(webPort)],
      env: {
        ...basic,
        VIGIL_PROCESS: 'web',
        VIGIL_WEB_PORT: String(webPort),
        VIGIL_WEB_DATABASE_URL: urls.pooled.web,
        DIRECT_DATABASE_URL: urls.direct.web,
        ...(urls.analytics ? { ANALYTICS_DATABASE_URL: urls.analytics.web } : {}),
        ...pooler,
        VIGIL_PLANNER_DATABASE_URL: urls.direct.planner,
        VIGIL_NEXT_DIR: settings.nextDir,
        NEXT_TELEMETRY_DISABLED: '1',
        NEXTAUTH_URL: publicUrl(settings),
        NEXTAUTH_SECRET: secrets.NEXTAUTH_SECRET,
        // The key before a change of keys: cookies signed with it still count.
        ...(previous ? { VIGIL_PREVIOUS_NEXTAUTH_SECRET: previous } : {}),
      },
    },
  ];
}

// A secure cookie over plain http works on localhost only.
export const webUrl = (settings: Settings): string => `http://localhost:${settings.webPort}`;
/** Where people reach it. */
export const publicUrl = (settings: Settings): string => settings.webOrigin ?? webUrl(settings);
export const ingestUrl = (settings: Settings): string => `http://localhost:${settings.ingestPort}`;

/** What happens around a demo: its payments, and a report that reads the database. */
export const demoSpec = (
  settings: Settings,
  urls: DatabaseUrls,
  { apiKey, begun }: { apiKey: string; begun: string },
): ProcessSpec => ({
  name: 'demo',
  args: [...tsx, 'cli/demo.ts', '--begun', begun],
  env: {
    ...basicEnvironment(),
    VIGIL_PROCESS: 'demo',
    VIGIL_INGEST_URL: ingestUrl(settings),
    VIGIL_API_KEY: apiKey,
    VIGIL_READONLY_DATABASE_URL: urls.direct.readonly,
    VIGIL_DATA_DIR: settings.dataDir,
  },
  mayEnd: true,
});
