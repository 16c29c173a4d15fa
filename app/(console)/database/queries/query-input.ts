import { querySorts } from '@/domain/database/input';
import { rangeOf } from '../range';

export type QueryParams = Partial<Record<'range' | 'view' | 'q' | 'role' | 'sort' | 'cursor', string | null>>;

/** The input of the list from the URL, on the server and in the browser alike; what is odd is left out. */
export function queryInput(params: QueryParams) {
  const name = params.sort?.replace(/^-/, '') ?? '';
  const sort = querySorts.find((one) => one === name);
  return {
    range: rangeOf(params.range, '24h'),
    view: params.view === 'slow' ? ('slow' as const) : ('all' as const),
    ...(params.q ? { q: params.q.slice(0, 200) } : {}),
    ...(params.role ? { role: params.role.slice(0, 63) } : {}),
    ...(sort ? { sort, order: params.sort?.startsWith('-') ? ('desc' as const) : ('asc' as const) } : {}),
    ...(params.cursor ? { cursor: params.cursor } : {}),
  };
}
