import { fitting, rangeParam } from '@/app/_server/search-params';
import { merchantsInput } from '@/domain/reports/input';

/** The periods of /reports and the order of its merchants as its address has them; `days` and `against` are `a..b` (UTC). */
export const reportSearch = (params: Record<string, string | undefined>) => {
  const [from, to] = rangeParam(params.days);
  const [againstFrom, againstTo] = rangeParam(params.against);
  const { order, ...periods } = fitting(merchantsInput, {
    from,
    to,
    againstFrom,
    againstTo,
    order: params.merchants,
  });
  return { order, periods };
};
