'use client';

import { parseAsString, parseAsStringLiteral } from 'nuqs';
import { usageRanges } from '@/domain/api-usage/slots';
import { tabs, usualRange } from './pipeline-params';

/** The page's names in the URL; another tab or range, or one route, reads no page again: panels do by themselves. */
export const viewParams = {
  tab: parseAsStringLiteral(tabs).withDefault('stream'),
  range: parseAsStringLiteral(usageRanges).withDefault(usualRange),
};
export const usageParams = { route: parseAsString, key: parseAsString, answer: parseAsString };
export const letterParams = {
  status: parseAsString,
  error: parseAsString,
  q: parseAsString,
  cursor: parseAsString,
};
