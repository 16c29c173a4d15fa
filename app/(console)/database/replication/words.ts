import { formatDuration, formatMs } from '@/components/format';

/** Seconds as people read a delay: short ones in milliseconds; a dash where nothing was measured. */
export const delay = (seconds: number | null): string =>
  seconds === null ? '–' : seconds < 10 ? formatMs(seconds * 1000) : formatDuration(seconds);
