import http from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import { exposed, parseExposition } from './exposition';
import { isMetricsServer, type Listener, type ListenerOptions, startMetricsListener } from './listener';
import { processRegistry, totalOf } from './registry';

const running: Listener[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((listener) => listener.stop()));
});

const registry = processRegistry('worker');
totalOf(registry, { name: 'vigil_test_total', help: 'A total', labelNames: ['kind'] }, () => [
  { labels: { kind: 'a "quoted"\nname' }, value: 7 },
]);

const start = async (env: Record<string, string>, options: Partial<ListenerOptions> = {}) => {
  const listener = startMetricsListener({
    process: 'worker',
    registry,
    env: { VIGIL_WORKER_METRICS_PORT: '0', ...env },
    ...options,
  });
  running.push(listener);
  await expect.poll(() => listener.port(), { timeout: 2_000 }).not.toBeNull();
  return listener.port() as number;
};

type Answer = { status: number; headers: http.IncomingHttpHeaders; body: string };
const ask = (port: number, path: string, init: http.RequestOptions = {}): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const request = http.request({ host: '127.0.0.1', port, path, ...init }, (response) => {
      let body = '';
      response.on('data', (chunk) => {
        body += chunk;
      });
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body }),
      );
    });
    request.on('error', reject);
    request.end();
  });

describe('what is served', () => {
  test('Node and our own metrics, in the text format, under this process', async () => {
    const { status, headers, body } = await ask(await start({}), '/metrics');
    expect(status).toBe(200);
    expect(headers['content-type']).toContain('version=0.0.4');
    expect(headers['cache-control']).toBe('no-store');
    const samples = parseExposition(body);
    expect(exposed(samples, 'vigil_test_total')).toBe(7);
    expect(exposed(samples, 'process_resident_memory_bytes')).toBeGreaterThan(1e6);
    expect(samples.some(({ name }) => name === 'nodejs_eventloop_lag_p99_seconds')).toBe(true);
    expect(samples.every(({ labels }) => labels.process === 'worker')).toBe(true);
  });

  test('nothing else, and nothing changes', async () => {
    const port = await start({});
    expect((await ask(port, '/')).status).toBe(404);
    expect((await ask(port, '/metrics/x')).status).toBe(404);
    expect((await ask(port, '/health')).status).toBe(404);
    expect((await ask(port, '/metrics', { method: 'POST' })).status).toBe(405);
    expect(await ask(port, '/metrics', { method: 'HEAD' })).toMatchObject({ status: 200, body: '' });
  });

  test('health of a process that has no other address', async () => {
    let good: boolean | Error = true;
    const health = async () => {
      if (good instanceof Error) throw good;
      return good;
    };
    const port = await start({}, { health });
    expect(await ask(port, '/health')).toMatchObject({ status: 200, body: 'ok\n' });
    good = false;
    expect((await ask(port, '/health')).status).toBe(503);
    good = new Error('ECONNREFUSED to postgres://login:password@host');
    expect(await ask(port, '/health')).toMatchObject({ status: 503, body: 'unavailable\n' });
  });
});

describe('who may read', () => {
  test('with a token only who brings it', async () => {
    const port = await start({ VIGIL_METRICS_TOKEN: 'correct horse' });
    const refused = await ask(port, '/metrics');
    expect(refused.status).toBe(401);
    expect(refused.headers['www-authenticate']).toMatch(/^Bearer/);
    expect(refused.body).not.toContain('vigil_');
    for (const authorization of ['Bearer wrong', 'Bearer ', 'Basic correct', 'Bearer correct'])
      expect((await ask(port, '/metrics', { headers: { authorization } })).status).toBe(401);
  });

  test('the right token opens, whatever name this host is called by', async () => {
    const port = await start({ VIGIL_METRICS_TOKEN: 'correct-horse' });
    const headers = { authorization: 'Bearer correct-horse', host: 'vigil.example.com' };
    expect((await ask(port, '/metrics', { headers })).status).toBe(200);
  });

  test('without one only callers that use a name of this machine', async () => {
    const port = await start({});
    for (const host of [
      'evil.example.com',
      'evil.example.com:9433',
      '10.0.0.1',
      'localhost.evil.example.com',
    ])
      expect((await ask(port, '/metrics', { headers: { host } })).status, host).toBe(403);
    for (const host of ['localhost', 'localhost:9433', '127.0.0.1:9433', '[::1]:9433', '[::1]'])
      expect((await ask(port, '/metrics', { headers: { host } })).status, host).toBe(200);
  });

  test.each([
    [{}, 'no port'],
    [{ VIGIL_WORKER_METRICS_PORT: 'off' }, 'turned off'],
    [{ VIGIL_WORKER_METRICS_PORT: '70000' }, 'no such port'],
    [{ VIGIL_WEB_METRICS_PORT: '0' }, 'the port of another process'],
    [{ VIGIL_WORKER_METRICS_PORT: '0', VIGIL_METRICS_HOST: '0.0.0.0' }, 'beyond loopback without a token'],
  ])('%j does not listen: %s', async (env: Record<string, string>, _why) => {
    const listener = startMetricsListener({ process: 'worker', registry, env });
    running.push(listener);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(listener.port()).toBeNull();
  });
});

test('a port that is taken stops nothing, and is told apart from the servers that do the work', async () => {
  const other = http.createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const { port } = other.address() as { port: number };
  const listener = startMetricsListener({
    process: 'worker',
    registry,
    env: { VIGIL_WORKER_METRICS_PORT: String(port) },
  });
  running.push(listener);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(listener.port()).toBeNull();
  expect(isMetricsServer(other)).toBe(false);
  await new Promise((resolve) => other.close(resolve));
  await expect.poll(() => listener.port(), { timeout: 8_000 }).toBe(port);
}, 12_000);
