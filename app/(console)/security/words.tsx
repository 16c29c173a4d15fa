'use client';

import { useTranslations } from 'next-intl';
import type { Device } from '@/domain/sessions/device';

/** `session:end-user` → `session.endUser`: where its words are in messages. */
export const actionKey = (action: string): string =>
  action
    .split(':')
    .map((part) => part.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase()))
    .join('.');

/** What somebody did, in the past tense: "Ended session". */
export function useActionWords(): (action: string) => string {
  const t = useTranslations('audit.actions');
  return (action) => {
    const key = actionKey(action);
    // Refused reads are kept under the operation's own name.
    return action.includes(':') && t.has(key) ? t(key) : t('other', { operation: action });
  };
}

/** "Firefox 145 on Linux" */
export function useDeviceWords(): (device: Device | null) => string {
  const t = useTranslations('sessions');
  return (device) => {
    if (!device?.browser) return t('unknownDevice');
    const browser = device.version ? `${device.browser} ${device.version}` : device.browser;
    return device.system ? t('deviceOn', { browser, system: device.system }) : browser;
  };
}
