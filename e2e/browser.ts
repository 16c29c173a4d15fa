import { existsSync } from 'node:fs';

// The shell is Chromium without its own windows: the same pages in a third of the time.
const known = [
  '/usr/bin/chromium-headless-shell',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];

/** The system's Chromium where there is one; otherwise undefined, which means Playwright's own. */
export const chromiumPath = (): string | undefined =>
  process.env.VIGIL_CHROMIUM || known.find((file) => existsSync(file));

export const chromiumArgs = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
