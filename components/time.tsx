'use client';

import { createContext, type ReactNode, useContext, useEffect, useState, useSyncExternalStore } from 'react';
import { formatAge, formatTime, formatUtc, type Maybe, type TimeStyle } from './format';

const zoneCookie = 'vigil-zone';

const ClockContext = createContext<{ zone: string; start: number }>({ zone: 'UTC', start: 0 });

// One timer for every age on the page; it stops while nobody looks.
const listeners = new Set<() => void>();
let now = 0;
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(listener: () => void) {
  listeners.add(listener);
  now ||= Date.now();
  timer ??= setInterval(() => {
    now = Date.now();
    for (const each of listeners) each();
  }, 1000);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0 && timer) {
      clearInterval(timer);
      timer = undefined;
      now = 0;
    }
  };
}

/**
 * Holds the viewer's zone and the server's time of rendering, so that both sides print the same first text.
 * A browser in another zone than the cookie says corrects it after the first paint and remembers it.
 */
export function ClockProvider({
  zone,
  start,
  children,
}: {
  zone: string;
  start: number;
  children: ReactNode;
}) {
  const [actual, setActual] = useState(zone);
  useEffect(() => {
    const own = Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';
    if (own !== zone) {
      // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is missing in Firefox and Safari
      document.cookie = `${zoneCookie}=${encodeURIComponent(own)}; path=/; max-age=31536000; samesite=lax`;
      setActual(own);
    }
  }, [zone]);
  return <ClockContext value={{ zone: actual, start }}>{children}</ClockContext>;
}

/** The viewer's time zone, e.g. `Europe/Istanbul`. */
export function useZone(): string {
  return useContext(ClockContext).zone;
}

/** Milliseconds now, ticking each second; on the server and in the first paint the time of rendering. */
export function useNow(): number {
  const { start } = useContext(ClockContext);
  return useSyncExternalStore(
    subscribe,
    () => now || start,
    () => start,
  );
}

/** `<Time at={row.createdAt} style="clock" />`: an instant in the viewer's zone, UTC on hover. */
export function Time({ at, style = 'short' }: { at: Maybe<Date | string | number>; style?: TimeStyle }) {
  const zone = useZone();
  if (at === null || at === undefined) return <>{formatTime(at, zone)}</>;
  return (
    <time className="vg-num" dateTime={new Date(at).toISOString()} title={formatUtc(at)}>
      {formatTime(at, zone, style)}
    </time>
  );
}

/** `<Age at={row.lastSeen} />`: "18 min", ticking; the exact time on hover. Use inside your own sentence. */
export function Age({ at }: { at: Maybe<Date | string | number> }) {
  const zone = useZone();
  const time = useNow();
  if (at === null || at === undefined) return <>{formatAge(at, time)}</>;
  return (
    <time
      className="vg-num"
      dateTime={new Date(at).toISOString()}
      title={`${formatTime(at, zone, 'full')}, ${formatUtc(at)}`}
    >
      {formatAge(at, time)}
    </time>
  );
}
