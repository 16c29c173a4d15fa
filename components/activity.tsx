'use client';

import { useEffect } from 'react';

const events = ['pointerdown', 'keydown', 'wheel', 'touchstart'] as const;

/**
 * Keeps a cookie for a minute after a key or the pointer was used. A console that only refreshes itself sends none, so
 * that its session still ends when nobody is there.
 */
export function Activity() {
  useEffect(() => {
    let written = 0;
    const mark = () => {
      if (Date.now() - written < 20_000) return;
      written = Date.now();
      // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not in every browser that we support
      document.cookie = 'vigil-active=1; Max-Age=60; Path=/; SameSite=Strict';
    };
    for (const event of events) document.addEventListener(event, mark, { passive: true, capture: true });
    return () => {
      for (const event of events) document.removeEventListener(event, mark, { capture: true });
    };
  }, []);
  return null;
}
