import fs from 'node:fs';
import path from 'node:path';
import { chromium, type Page } from '@playwright/test';
import { chromiumArgs, chromiumPath } from '../e2e/browser';
import { type Credentials, credentialsFile, readJson } from './starter/private-files';
import { readSettings } from './starter/settings';

/** The pictures of README.md, taken from a running Vigil: `node --import tsx cli/screenshots.ts [NAME …]`. */
type Shot = {
  name: string;
  role: string;
  at: string;
  scheme: 'light' | 'dark';
  width?: number;
  prepare?: (page: Page) => Promise<void>;
};

const openFirstRow = async (page: Page) => {
  await page.locator('main tbody tr').first().click();
  await page.waitForTimeout(1_500);
};

const all: Shot[] = [
  { name: 'overview-light', role: 'senior_analyst', at: '/', scheme: 'light' },
  { name: 'alerts-dark', role: 'analyst', at: '/alerts', scheme: 'dark', prepare: openFirstRow },
  { name: 'rules-light', role: 'senior_analyst', at: '/rules', scheme: 'light' },
  { name: 'audit-light', role: 'security_officer', at: '/security/audit-trail', scheme: 'light' },
  { name: 'queries-dark', role: 'db_operator', at: '/database/queries', scheme: 'dark' },
  { name: 'overview-phone', role: 'analyst', at: '/', scheme: 'light', width: 390 },
];

const wanted = process.argv.slice(2);
const shots = wanted.length > 0 ? all.filter(({ name }) => wanted.includes(name)) : all;

const settings = readSettings(process.env, []);
const credentials = readJson<Credentials>(credentialsFile(settings.dataDir));
if (!credentials) throw new Error('Start Vigil first (bin/start): there are no credentials yet.');
const folder = path.join(settings.root, 'docs/images');
fs.mkdirSync(folder, { recursive: true });

const browser = await chromium.launch({ executablePath: chromiumPath(), args: chromiumArgs });
for (const shot of shots) {
  const person = credentials.users.find(({ role }) => role === shot.role);
  if (!person) throw new Error(`no account for ${shot.role}`);
  const page = await browser.newPage({
    colorScheme: shot.scheme,
    viewport: { width: shot.width ?? 1440, height: shot.width ? 844 : 900 },
    deviceScaleFactor: 1,
    reducedMotion: 'reduce',
    locale: 'en-GB',
  });
  await page.goto(`${credentials.web}/login`);
  await page.getByLabel('Email').fill(person.email);
  await page.getByLabel('Password', { exact: true }).fill(person.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL((url) => !url.pathname.startsWith('/login'));
  await page.goto(`${credentials.web}${shot.at}`);
  // Charts come in a piece of their own after the page.
  if (shot.at === '/') await page.waitForSelector('main .recharts-surface', { timeout: 60_000 });
  await page.waitForTimeout(3_000);
  await shot.prepare?.(page);
  await page.screenshot({ path: path.join(folder, `${shot.name}.png`) });
  console.log(`docs/images/${shot.name}.png`);
  await page.close();
}
await browser.close();
