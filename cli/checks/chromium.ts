import fs from 'node:fs';
import { chromium } from '@playwright/test';
import { chromiumPath } from '../../e2e/browser';
import { runNode, runProgram } from './run';

/** True when there is a Chromium, after installing one if need be: apt for root, else Playwright's own. */
export async function ensureChromium(): Promise<boolean> {
  if (present()) return true;
  if (process.getuid?.() === 0 && fs.existsSync('/usr/bin/apt-get')) {
    console.log('· Chromium: installing with apt');
    const env = { DEBIAN_FRONTEND: 'noninteractive' };
    await runProgram('apt-get', ['update', '-qq'], env);
    // Not every distribution has the shell.
    for (const name of ['chromium-headless-shell', 'chromium']) {
      await runProgram('apt-get', ['install', '-y', '-qq', '--no-install-recommends', name], env);
      if (present()) return true;
    }
  }
  console.log("· Chromium: installing Playwright's");
  await runNode(['node_modules/@playwright/test/cli.js', 'install', 'chromium']);
  return present();
}

const present = () => chromiumPath() !== undefined || fs.existsSync(chromium.executablePath());
