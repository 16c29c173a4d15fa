// node --import tsx shot.mts DATA_DIR ROLE OUT path[,path...]  (cwd = worktree)
import fs from 'node:fs';
import { chromium } from '@playwright/test';
import { chromiumArgs, chromiumPath } from './e2e/browser';
const [dir, role, out, ...specs] = process.argv.slice(2);
const c = JSON.parse(fs.readFileSync(dir + '/credentials.json', 'utf8'));
const person = c.users.find((u: any) => u.role === role);
const browser = await chromium.launch({ executablePath: chromiumPath(), args: chromiumArgs });
const context = await browser.newContext({ baseURL: c.web, reducedMotion: 'reduce', locale: 'en-GB' });
const p = await context.newPage();
await p.goto('/login'); await p.waitForLoadState('networkidle');
await p.getByLabel('Email').fill(person.email);
await p.getByLabel('Password', { exact: true }).fill(person.password);
await p.getByRole('button', { name: 'Sign in' }).click();
await p.waitForURL((u) => !u.pathname.startsWith('/login'), { timeout: 120000 });
for (const spec of specs) {
  const [name, at, click] = spec.split('::');
  for (const [scheme, width] of (process.env.SHOTS ?? 'light1440,dark1440,light390').split(',').map((s) => [s.replace(/\d+/, ''), Number(s.replace(/\D+/, ''))]) as any) {
    await p.emulateMedia({ colorScheme: scheme });
    await p.setViewportSize({ width, height: width < 500 ? 844 : 900 });
    await p.goto(at!, { timeout: 120000 });
    await p.waitForTimeout(3500);
    if (click) { await p.locator(click).first().click(); await p.waitForTimeout(1500); }
    const h = await p.evaluate(() => { const m = document.querySelector('main'); return Math.max(document.documentElement.scrollHeight, (m?.scrollHeight ?? 0) + 60); });
    await p.setViewportSize({ width, height: Math.min(2600, Math.max(width < 500 ? 844 : 900, h)) });
    await p.waitForTimeout(700);
    await p.screenshot({ path: `${out}/${name}-${scheme}-${width}.png` });
    console.log(name, scheme, width);
  }
}
await browser.close();
