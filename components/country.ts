'use client';

import { useLocale } from 'next-intl';
import { useEffect, useState } from 'react';

/**
 * `const countryName = useCountryName()`: `VN` → `Vietnam`. Names come from the browser after the first paint,
 * because its list and the server's may differ; until then the code stands there.
 */
export function useCountryName(): (code: string) => string {
  const locale = useLocale();
  const [names, setNames] = useState<Intl.DisplayNames | null>(null);
  useEffect(() => setNames(new Intl.DisplayNames([locale], { type: 'region' })), [locale]);
  return (code) => {
    try {
      return names?.of(code) ?? code;
    } catch {
      return code;
    }
  };
}
