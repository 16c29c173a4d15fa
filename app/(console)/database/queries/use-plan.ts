'use client';

import { useState } from 'react';
import { useCommand } from '@/components/use-command';
import type { PlanOutcome } from '@/domain/database/explain';
import { explainQueryAction } from '../actions';

/** The plan of a query, asked for once and kept while the query is shown. */
export function usePlan(queryId: string, mayExplain: boolean) {
  const [outcome, setOutcome] = useState<PlanOutcome | null>(null);
  const explain = useCommand(explainQueryAction, { done: setOutcome });
  return {
    outcome,
    pending: explain.pending,
    ask: mayExplain ? () => explain.run({ queryId }) : null,
  };
}
