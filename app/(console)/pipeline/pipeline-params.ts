import { statusClasses } from '@/domain/api-usage/input';
import { type UsageRange, usageRanges } from '@/domain/api-usage/slots';
import { type StreamErrorCode, streamErrorCodes } from '@/domain/stream/error-codes';
import { type ListedStatus, listedStatuses } from '@/domain/stream/statuses';

export const tabs = ['stream', 'api', 'cache', 'processes'] as const;
export type Tab = (typeof tabs)[number];

export const usualRange: UsageRange = '1h';

type Given<Name extends string> = Partial<Record<Name, string | null | undefined>>;

const oneOf = <T extends string>(allowed: readonly T[], value: string | null | undefined): T | undefined =>
  allowed.find((each) => each === value);

export const tabOf = (given: Given<'tab'>): Tab => oneOf(tabs, given.tab) ?? 'stream';
export const rangeOf = (given: Given<'range'>): UsageRange => oneOf(usageRanges, given.range) ?? usualRange;

/** The input of stream.list from the URL, on the server and in the browser alike; what is odd is left out. */
export function letterInput(given: Given<'status' | 'error' | 'q' | 'cursor'>) {
  const status: ListedStatus = oneOf(listedStatuses, given.status) ?? 'DEAD';
  const errorCode: StreamErrorCode | undefined = oneOf(streamErrorCodes, given.error);
  const q = given.q?.trim();
  return {
    status,
    ...(errorCode ? { errorCode } : {}),
    ...(q && q.length <= 100 ? { transactionId: q } : {}),
    ...(given.cursor ? { cursor: given.cursor } : {}),
    limit: 50,
  };
}

/** The input of both queries of calls, likewise. */
export function usageInput(given: Given<'range' | 'route' | 'key' | 'answer'>) {
  const status = oneOf(statusClasses, given.answer);
  return {
    range: rangeOf(given),
    ...(given.route ? { endpoint: given.route.slice(0, 200) } : {}),
    ...(given.key && /^\d{1,9}$/.test(given.key) ? { key: Number(given.key) } : {}),
    ...(status ? { status } : {}),
  };
}

/** What the strip at the top is made of, one read for all. */
export const figureMetrics = [
  'db.stream_open',
  'db.stream_lag',
  'db.stream_dead',
  'pipeline.allowed',
  'pipeline.reviewed',
  'pipeline.blocked',
  'pipeline.cache_hits',
  'pipeline.cache_misses',
] as const;

export const figuresInput = (range: UsageRange) => ({ metrics: [...figureMetrics], range, compare: true });
