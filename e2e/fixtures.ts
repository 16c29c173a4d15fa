import { readFileSync } from 'node:fs';
import AxeBuilder from '@axe-core/playwright';
import {
  type APIRequestContext,
  type APIResponse,
  test as base,
  type Cookie,
  expect,
  type Page,
} from '@playwright/test';
import type { Role } from '@/domain/access';

export { expect };

type Credentials = {
  web: string;
  ingest: string;
  apiKey: string;
  users: { role: Role; email: string; password: string }[];
};

/** Addresses, API key and one sign-in a role of the product under test. */
export const credentials = (): Credentials =>
  JSON.parse(readFileSync(process.env.VIGIL_E2E_CREDENTIALS!, 'utf8'));

export const personOf = (role: Role) => {
  const found = credentials().users.find((user) => user.role === role);
  if (!found) throw new Error(`no account for ${role}`);
  return found;
};

let payments = 0;

/** A payment body that the API takes; give what the story is about. */
export const payment = (fields: Record<string, unknown> = {}): Record<string, unknown> => {
  payments += 1;
  return {
    transaction_id: `e2e-${Date.now().toString(36)}-${process.pid}-${payments}`,
    user_id: `e2e-user-${payments}`,
    merchant_id: 'e2e-merchant',
    transaction_timestamp: new Date().toISOString(),
    amount: '25.00',
    currency: 'EUR',
    ...fields,
  };
};

/** Sends a payment over HTTP with the API key; asserts a decision unless `expectStatus` says otherwise. */
export async function pay(
  request: APIRequestContext,
  fields: Record<string, unknown> = {},
  expectStatus = 200,
): Promise<Record<string, unknown>> {
  const { ingest, apiKey } = credentials();
  const answer: APIResponse = await request.post(`${ingest}/api/v1/transactions`, {
    headers: { authorization: `Bearer ${apiKey}` },
    data: payment(fields),
  });
  expect(answer.status(), await answer.text()).toBe(expectStatus);
  return answer.json();
}

/** Types the role's address and password into the sign-in page. */
export async function signInByForm(page: Page, role: Role): Promise<void> {
  const { email, password } = personOf(role);
  await page.goto(`${credentials().web}/login`);
  await page.waitForLoadState('networkidle');
  await page.getByLabel('Email').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL((url) => !url.pathname.startsWith('/login'));
}

// One worker runs all files, so a sign-in serves every story of its role until someone ends it.
const cookiesOf = new Map<Role, Cookie[]>();

async function signInCached(page: Page, role: Role): Promise<void> {
  const { web } = credentials();
  // A page that somebody else left open goes on asking for what the next person may not see.
  await page.goto('about:blank');
  await page.context().clearCookies();
  const kept = cookiesOf.get(role);
  if (kept) {
    await page.context().addCookies(kept);
    const probe = await page.context().request.get(`${web}/account`, { maxRedirects: 0 });
    if (probe.status() === 200) return;
    await page.context().clearCookies();
  }
  await signInByForm(page, role);
  cookiesOf.set(role, await page.context().cookies(web));
}

/** Collects what a page complains about: script errors, console errors, refusals by the content security policy. */
class Complaints {
  readonly #found: string[] = [];
  readonly #expected: RegExp[] = [];

  async watch(page: Page): Promise<void> {
    page.on('console', (message) => {
      if (message.type() === 'error')
        this.#found.push(`${message.text()} (${message.location().url}, on ${page.url()})`);
    });
    page.on('pageerror', (error) => this.#found.push(`${error.message} (${page.url()})`));
    await page.addInitScript(() => {
      document.addEventListener('securitypolicyviolation', (event) => {
        console.error(
          `content security policy: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`,
        );
      });
    });
  }

  /** For stories in which a refusal is the point. */
  expect(pattern: RegExp): void {
    this.#expected.push(pattern);
  }

  get unexpected(): string[] {
    return this.#found.filter((text) => !this.#expected.some((pattern) => pattern.test(text)));
  }
}

type Fixtures = {
  complaints: Complaints;
  /** Signs this test's page in; a second page of another person comes from `pageAs`. */
  signIn(role: Role): Promise<void>;
  /** A page in a browser context of its own, signed in as this role. */
  pageAs(role: Role): Promise<Page>;
};

export const test = base.extend<Fixtures>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of fixtures from the pattern
  baseURL: async ({}, use) => use(credentials().web),
  complaints: [
    // biome-ignore lint/correctness/noEmptyPattern: as above
    async ({}, use, info) => {
      const complaints = new Complaints();
      await use(complaints);
      if (info.status === info.expectedStatus)
        expect(complaints.unexpected, 'what the pages complained about').toEqual([]);
    },
    { auto: true },
  ],
  page: async ({ page, complaints }, use) => {
    await complaints.watch(page);
    await use(page);
  },
  signIn: async ({ page }, use) => use((role) => signInCached(page, role)),
  pageAs: async ({ browser, complaints, contextOptions }, use) => {
    const opened: Page[] = [];
    await use(async (role) => {
      const context = await browser.newContext({ ...contextOptions, baseURL: credentials().web });
      const page = await context.newPage();
      opened.push(page);
      await complaints.watch(page);
      await signInCached(page, role);
      return page;
    });
    for (const page of opened) await page.context().close();
  },
});

/** Runs axe over the page as it stands, in light and in dark; nothing serious or critical may remain. */
export async function expectAccessible(page: Page): Promise<void> {
  const scheme = () =>
    page.evaluate(() => document.documentElement.getAttribute('data-mantine-color-scheme'));
  for (const wanted of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: wanted, reducedMotion: 'reduce' });
    await expect.poll(scheme).toBe(wanted);
    const { violations } = await new AxeBuilder({ page }).analyze();
    const grave = violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(
        ({ id, help, nodes }) =>
          `${wanted} ${id}: ${help} · ${nodes.map((node) => node.target.join(' ')).join(' | ')}`,
      );
    expect(grave).toEqual([]);
  }
  await page.emulateMedia({ colorScheme: null, reducedMotion: null });
}
