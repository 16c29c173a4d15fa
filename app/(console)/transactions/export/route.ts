import { currentActor } from '@/app/_server/actor';
import { csvResponse } from '@/app/_server/csv-response';
import { isSameOrigin, originOf } from '@/app/_server/request';
import { problem } from '@/app/_server/respond';
import { readParams } from '@/app/_server/search-params';
import { csvLine } from '@/components/csv';
import { anonymousActor, type PersonActor } from '@/domain/actor';
import { failureOf } from '@/domain/operation';
import { exportTransactions } from '@/domain/transactions/commands';
import { exportTransactionsInput, type TransactionFilters } from '@/domain/transactions/list-input';
import { exportTransactionsPage } from '@/domain/transactions/queries';
import type { TransactionRow } from '@/domain/transactions/rows';
import { transactionSearch } from '../transaction-search';

const columns = [
  'transaction_id',
  'transaction_timestamp',
  'user_id',
  'merchant_id',
  'amount',
  'currency',
  'country',
  'channel',
  'card_last_four',
  'device_id',
  'ip_address',
  'fraud_score',
  'risk_level',
  'decision',
  'is_fraud',
  'label_source',
];

const values = (row: TransactionRow) => [
  row.id,
  row.at,
  row.userId,
  row.merchantId,
  row.amount,
  row.currency,
  row.country,
  row.channel,
  row.cardLastFour,
  row.deviceId,
  row.ipAddress,
  row.score,
  row.riskLevel,
  row.decision,
  row.isFraud,
  row.labelSource,
];

/** Page by page, so that neither the server nor the database holds the whole file. */
async function* lines(actor: PersonActor, filters: TransactionFilters, limit: number) {
  yield `\ufeff${csvLine(columns)}`;
  let cursor: string | undefined;
  for (let sent = 0; sent < limit; ) {
    const page = await exportTransactionsPage(actor, {
      ...filters,
      cursor,
      limit: Math.min(500, limit - sent),
    });
    if (page.rows.length > 0) yield page.rows.map((row) => csvLine(values(row))).join('');
    sent += page.rows.length;
    if (!page.next) return;
    cursor = page.next;
  }
}

/** The payments that match, as CSV; what is exported by whom is on the record before the first row leaves. */
export async function POST(request: Request): Promise<Response> {
  const origin = originOf(request.headers);
  const { requestId } = origin;
  if (!isSameOrigin(request.headers)) return problem({ code: 'denied', detail: 'origin', requestId });
  try {
    const actor = await currentActor();
    if (!actor) return problem({ code: 'unauthenticated', requestId });
    const params = await readParams(Promise.resolve(Object.fromEntries(new URL(request.url).searchParams)));
    const { cursor: _, limit: __, ...filters } = transactionSearch(params);
    const allowed = await exportTransactions(actor, exportTransactionsInput.parse(filters));
    if (!allowed.ok) return problem(allowed.error);
    const day = new Date().toISOString().slice(0, 10);
    const pages = lines(actor, { ...filters, limit: 500 }, allowed.value.limit);
    return csvResponse(actor, `vigil-transactions-${day}.csv`, pages);
  } catch (error) {
    return problem(failureOf(error, anonymousActor(origin), 'transaction:export'));
  }
}
