import Bowser from 'bowser';

/** A user agent as people name it. Null where it does not say; nothing here is proof of anything. */
export type Device = {
  browser: string | null;
  version: string | null;
  system: string | null;
  kind: DeviceKind;
};
export type DeviceKind = 'desktop' | 'phone' | 'tablet' | 'program';

/** `Firefox`, `145`, `macOS`, desktop from a User-Agent header. */
export const deviceOf = (userAgent: string | null): Device => {
  if (!userAgent) return { browser: null, version: null, system: null, kind: 'program' };
  const { browser, os, platform } = Bowser.parse(userAgent);
  const kinds: Record<string, DeviceKind> = { desktop: 'desktop', mobile: 'phone', tablet: 'tablet' };
  return {
    browser: browser.name?.slice(0, 40) || null,
    version: browser.version?.split('.')[0]?.slice(0, 10) || null,
    system: os.name?.slice(0, 40) || null,
    kind: kinds[platform.type ?? ''] ?? 'program',
  };
};
