import { fitting, listParam, rangeParam } from '@/app/_server/search-params';
import { listTransactionsInput, type TransactionFilters } from '@/domain/transactions/list-input';

const dayAfter = (day: string): string => new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString();
const isDay = (text: string | undefined): text is string => /^\d{4}-\d\d-\d\d$/.test(text ?? '');

/** The filters of /transactions as its address has them; `days` (UTC) stands in where no exact time is given. */
export const transactionSearch = (params: Record<string, string | undefined>): TransactionFilters => {
  const [amountFrom, amountTo] = rangeParam(params.amount);
  const [scoreFrom, scoreTo] = rangeParam(params.score);
  const [first, last] = rangeParam(params.days);
  return fitting(listTransactionsInput, {
    from: params.from ?? (isDay(first) ? `${first}T00:00:00Z` : undefined),
    to: params.to ?? (isDay(last) ? dayAfter(last) : undefined),
    decision: listParam(params.decision),
    risk: listParam(params.risk),
    user: params.user,
    merchant: params.merchant,
    card: params.card,
    device: params.device,
    ip: params.ip,
    country: params.country,
    channel: listParam(params.channel),
    label: listParam(params.label),
    amountFrom,
    amountTo,
    scoreFrom,
    scoreTo,
    id: params.q ?? params.id,
    cursor: params.cursor,
  });
};
