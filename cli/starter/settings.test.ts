import { expect, test } from 'vitest';
import { readSettings, root } from './settings';

test('defaults', () => {
  expect(readSettings({}, [])).toMatchObject({
    dataDir: `${root}/.vigil`,
    webPort: 3000,
    ingestPort: 3001,
    metricsPorts: { web: '9431', ingest: '9432', worker: '9433' },
    demo: true,
    dev: false,
    databaseUrl: null,
  });
});

test('metrics can be turned off, one process at a time', () => {
  const env = { VIGIL_INGEST_METRICS_PORT: 'off', VIGIL_WORKER_METRICS_PORT: '9500' };
  expect(readSettings(env, []).metricsPorts).toEqual({ web: '9431', ingest: 'off', worker: '9500' });
});

test('a relative data folder is meant from where the command was typed', () => {
  expect(readSettings({ VIGIL_DATA_DIR: 'here', VIGIL_STARTED_IN: '/some/where' }, []).dataDir).toBe(
    '/some/where/here',
  );
});

test.each([
  [{ VIGIL_WEB_PORT: '70000' }, /VIGIL_WEB_PORT is 70000/],
  [{ VIGIL_INGEST_PORT: 'x' }, /VIGIL_INGEST_PORT is x/],
  [{ VIGIL_WEB_METRICS_PORT: 'no' }, /VIGIL_WEB_METRICS_PORT is no/],
  [{ VIGIL_WEB_PORT: '3001' }, /must differ/],
  [{ VIGIL_DEMO: 'no' }, /VIGIL_DEMO is no/],
  [{ DATABASE_URL: 'localhost:5432' }, /DATABASE_URL/],
  [{ DATABASE_URL: 'mysql://a@b/c' }, /must begin with postgres:/],
])('%j is refused by name', (env, message) => {
  expect(() => readSettings(env, [])).toThrow(message);
});

test('an unknown argument is refused', () => {
  expect(() => readSettings({}, ['--prod'])).toThrow(/Unknown argument --prod/);
});
