import fs from 'node:fs';
import { chromium } from '@playwright/test';
import { chromiumPath } from '../../e2e/browser';
import { canInstall, install } from './apt';
import { runNode } from './run';

/** True when there is a Chromium, after installing one if need be: apt for root, else Playwright's own. */
export async function ensureChromium(): Promise<boolean> {
  if (present()) return true;
  if (canInstall()) {
    console.log('· Chromium: installing with apt');
    // Not every distribution has the shell.
    for (const name of ['chromium-headless-shell', 'chromium']) {
      await install([name]);
      if (present()) return true;
    }
  }
  console.log("· Chromium: installing Playwright's");
  await runNode(['node_modules/@playwright/test/cli.js', 'install', 'chromium']);
  return present();
}

const present = () => chromiumPath() !== undefined || fs.existsSync(chromium.executablePath());
