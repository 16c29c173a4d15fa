import { type Credentials, credentialsFile } from './private-files';
import { say } from './progress';
import type { Settings } from './settings';

/** The line that programs wait for, then what a person needs to begin. */
export function announce(settings: Settings, credentials: Credentials, firstAdminLink: string | null): void {
  say(`ready ${credentials.web}`);
  say();
  for (const { role, email, password } of credentials.users) {
    say(`  ${role.padEnd(18)}${email.padEnd(34)}${password}`);
  }
  if (credentials.apiKey) say(`  ${'API key'.padEnd(18)}${credentials.apiKey}`);
  if (firstAdminLink) say(`  First administrator, once: ${firstAdminLink}`);
  say(`  ${'payments'.padEnd(18)}POST ${credentials.ingest}/api/v1/transactions`);
  say();
  if (credentials.users.length > 0) say(`All of it is in ${credentialsFile(settings.dataDir)}.`);
  say('Ctrl-C stops everything.');
}
