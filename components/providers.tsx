'use client';

import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { isServer, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { setNonce } from 'get-nonce';
import { NextIntlClientProvider } from 'next-intl';
import { NuqsAdapter } from 'nuqs/adapters/next/app';
import { type ReactNode, useState } from 'react';
import { config } from 'zod/v4/core';
import messages from '@/messages/en.json';
import { cssVariablesResolver, theme } from '@/theme';
import { ClockProvider } from './time';

// Schemas shared with forms would try eval(), which the policy refuses and reports.
config({ jitless: true });

let browserClient: QueryClient | undefined;

function makeClient() {
  return new QueryClient({
    defaultOptions: { queries: { staleTime: 30_000, retry: 1, refetchOnWindowFocus: false } },
  });
}

function queryClient() {
  if (isServer) return makeClient(); // one a request: nothing is shared between people
  browserClient ??= makeClient();
  return browserClient;
}

type Props = { nonce: string; locale: string; zone: string; start: number; children: ReactNode };

/** Everything a client component may rely on: theme, texts, URL state, queries, clock, toasts. */
export function Providers({ nonce: given, locale, zone, start, children }: Props) {
  // A refresh brings the nonce of its own request; this document's policy knows only the one it came with.
  const [nonce] = useState(given);
  if (!isServer) setNonce(nonce); // dialogs lock the scroll with a <style> of their own
  return (
    <NextIntlClientProvider locale={locale} messages={messages} timeZone="UTC">
      <NuqsAdapter>
        <QueryClientProvider client={queryClient()}>
          <MantineProvider
            theme={theme}
            defaultColorScheme="auto"
            cssVariablesResolver={cssVariablesResolver}
            getStyleNonce={() => nonce}
          >
            <ClockProvider zone={zone} start={start}>
              <Notifications position="bottom-right" limit={4} autoClose={8000} />
              {children}
            </ClockProvider>
          </MantineProvider>
        </QueryClientProvider>
      </NuqsAdapter>
    </NextIntlClientProvider>
  );
}
