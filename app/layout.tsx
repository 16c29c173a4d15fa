import '@/tokens.css'; // first: it says which layer is above which
import '@fontsource-variable/inter/opsz.css';
import '@fontsource-variable/jetbrains-mono';
import '@mantine/core/styles.layer.css';
import '@mantine/notifications/styles.layer.css';
import '@mantine/spotlight/styles.layer.css';

import { ColorSchemeScript, mantineHtmlProps } from '@mantine/core';
import type { Metadata, Viewport } from 'next';
import { cookies, headers } from 'next/headers';
import { getLocale } from 'next-intl/server';
import type { ReactNode } from 'react';
import { Providers } from '@/components/providers';

export const metadata: Metadata = { title: { default: 'Vigil', template: '%s · Vigil' } };

export const viewport: Viewport = { width: 'device-width', initialScale: 1 };

/** The browser's time zone from the cookie that components/time.tsx sets; anything odd is UTC. */
function zoneOf(cookie: string | undefined) {
  const zone = cookie?.replaceAll('%2F', '/') ?? 'UTC';
  return /^[\w+\-/]{1,64}$/.test(zone) ? zone : 'UTC';
}

/** The only root layout: it reads the headers, so that every document, the missing page too, carries a nonce. */
export default async function RootLayout({ children }: { children: ReactNode }) {
  const [requestHeaders, jar, locale] = await Promise.all([headers(), cookies(), getLocale()]);
  const nonce = requestHeaders.get('x-nonce') ?? '';
  const zone = zoneOf(jar.get('vigil-zone')?.value);
  return (
    <html lang={locale} {...mantineHtmlProps}>
      <head>
        <ColorSchemeScript nonce={nonce} defaultColorScheme="auto" />
      </head>
      <body>
        <Providers nonce={nonce} locale={locale} zone={zone} start={Date.now()}>
          {children}
        </Providers>
      </body>
    </html>
  );
}
