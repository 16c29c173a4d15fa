'use client';

import { keepPreviousData, type UseQueryResult, useQuery, useQueryClient } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { useEffect, useRef, useSyncExternalStore } from 'react';
import type { Topic } from '@/domain/operation';
import { formatAge } from './format';
import styles from './live.module.css';
import { readAgain, touchedBy } from './live-reads';
import { type LiveStatus, liveStatus, startLive, subscribeStatus } from './live-stream';
import { useNow } from './time';

/** A failed read: `code` as in messages `errors`, and the request id to quote. */
export class LiveError extends Error {
  constructor(
    readonly code: string,
    readonly requestId: string | null,
  ) {
    super(code);
  }
}

async function readLive<Data>(name: string, input: unknown, signal: AbortSignal): Promise<Data> {
  const query = `?input=${encodeURIComponent(JSON.stringify(input ?? {}))}`;
  const response = await fetch(`/api/live/query/${encodeURIComponent(name)}${query}`, {
    signal,
    headers: { 'x-vigil-live': '1' }, // not a sign of somebody being there
  });
  const body = await response.json().catch(() => null);
  if (response.ok) return body as Data;
  if (response.status === 401) {
    location.assign(`/login?ended=1&next=${encodeURIComponent(location.pathname + location.search)}`);
  }
  const code = body?.code ?? body?.error?.code ?? 'unexpected';
  throw new LiveError(String(code), response.headers.get('x-request-id') ?? body?.requestId ?? null);
}

/**
 * `const alerts = useLive('alert.list', input, initialData, ['alerts'])`: the rows of a query with `live: true`,
 * first as the page read them, then again (at most once a second) when a topic changed. `initialData` undefined
 * reads at once. `input` must be plain JSON. Give the result to `<Panel live={alerts}>` or use `alerts.data`.
 * `options.enabled: false` reads nothing (a closed sheet); `options.every` also reads each so many ms.
 */
export function useLive<Data>(
  name: string,
  input: unknown,
  initialData: Data | undefined,
  topics: readonly Topic[],
  options: { enabled?: boolean; every?: number } = {},
): UseQueryResult<Data, LiveError> {
  const firstInput = useRef(JSON.stringify(input ?? {}));
  const sameInput = firstInput.current === JSON.stringify(input ?? {});
  return useQuery<Data, LiveError>({
    queryKey: ['live', name, input ?? {}],
    queryFn: ({ signal }) => readLive<Data>(name, input, signal),
    initialData: sameInput ? initialData : undefined,
    placeholderData: keepPreviousData,
    meta: { topics },
    enabled: options.enabled ?? true,
    refetchInterval: options.every ?? false,
    retry: (count, error) => count < 1 && !['invalid', 'denied', 'not_found'].includes(error.code),
  });
}

const pageListeners = new Map<() => void, readonly Topic[]>();

/** `useRefreshOn(['rules'])`: reads the server component of this page again when a topic changed. */
export function useRefreshOn(topics: readonly Topic[]) {
  const router = useRouter();
  const key = topics.join();
  useEffect(() => {
    const refresh = () => router.refresh();
    pageListeners.set(refresh, key.split(',') as Topic[]);
    return () => {
      pageListeners.delete(refresh);
    };
  }, [router, key]);
}

/** Takes part in the event stream for the whole console; part of the shell. */
export function LiveConnection() {
  const client = useQueryClient();
  useEffect(() => {
    let pending = new Set<string>();
    let timer: ReturnType<typeof setTimeout> | undefined;
    let owed: ReadonlySet<string> = new Set();
    let last = 0;
    const flush = () => {
      last = Date.now();
      const changed = pending;
      pending = new Set();
      owed = readAgain(client, changed, owed);
      timer = owed.size > 0 ? setTimeout(flush, 1000) : undefined;
      const touches = touchedBy(changed);
      for (const [refresh, topics] of pageListeners) if (touches(topics)) refresh();
    };
    const stop = startLive((topics) => {
      for (const topic of topics === 'all' ? ['*'] : topics) pending.add(topic);
      timer ??= setTimeout(flush, Math.max(0, 1000 - (Date.now() - last)));
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [client]);
  return null;
}

const first: LiveStatus = { state: 'connecting', lastNews: 0 };

/** "Live, updated 2 s ago" in the top bar. */
export function LiveState() {
  const t = useTranslations('live');
  const status = useSyncExternalStore(subscribeStatus, liveStatus, () => first);
  const now = useNow();
  const age = formatAge(status.lastNews, now);
  const word = { live: t('live'), stale: t('stale'), connecting: t('connecting') }[status.state];
  const detail = {
    live: t('updated', { age }),
    stale: status.lastNews ? t('staleSince', { age }) : '',
    connecting: '',
  }[status.state];
  return (
    <div
      className={styles.state}
      data-state={status.state}
      role="status"
      aria-label={t('state')}
      aria-live="off"
    >
      <span className={styles.dot} aria-hidden="true" />
      <span className={styles.word}>{word}</span>
      <span className={styles.detail}>{detail}</span>
    </div>
  );
}
