'use client';

import { useQueryClient } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { formatAlertId } from '@/components/format';
import { toast } from '@/components/toast';
import { failureWords } from '@/components/use-command';
import type { BulkResult } from '@/domain/alerts/commands';
import type { Disposition } from '@/domain/alerts/input';
import type { Failure, Result } from '@/domain/errors';
import { bulkDecideAction, decideAlertAction, escalateAlertAction, undoAlertAction } from './actions';

type Options = {
  /** An alert has left the queue: before the server has answered. */
  left: (ids: number[]) => void;
  /** It is back: refused, or undone. */
  back: (ids: number[], undone: boolean) => void;
};

const unreachable = async <T>(): Promise<Result<T>> => ({ ok: false, error: { code: 'unavailable' } });

/** Verdicts with undo: the screen moves on at once, a refusal brings the alert back and says why. */
export function useVerdicts({ left, back }: Options) {
  const t = useTranslations('alerts');
  const common = useTranslations('common');
  const errors = useTranslations('errors');
  const client = useQueryClient();
  const [acts, setActs] = useState<number[]>([]);
  const [busy, setBusy] = useState(false);

  const again = () => void client.invalidateQueries({ queryKey: ['live'] }, { cancelRefetch: false });
  const refused = (failure: Failure) =>
    toast({
      tone: 'failed',
      title: failureWords(errors, failure),
      text: failure.requestId && errors('requestId', { id: failure.requestId }),
    });

  const undo = async (id: number | undefined) => {
    setBusy(true);
    const result = await undoAlertAction(id === undefined ? {} : { id }).catch(unreachable<{ id: number }>);
    setBusy(false);
    again();
    if (!result.ok) return refused(result.error);
    setActs((known) => known.filter((each) => each !== result.value.id));
    back([result.value.id], true);
    toast({ title: t('undone', { id: formatAlertId(result.value.id) }) });
  };

  const done = (id: number, title: string, text?: string) => {
    setActs((known) => [...known, id]);
    toast({
      title,
      text,
      action: { label: common('undo'), keys: 'U', run: () => void undo(id) },
    });
    again();
  };

  const decide = async (id: number, disposition: Disposition) => {
    left([id]);
    const result = await decideAlertAction({ id, disposition }).catch(unreachable);
    if (result.ok)
      return done(id, t(`confirmed.${disposition}`, { id: formatAlertId(id) }), t(`labelled.${disposition}`));
    back([id], false);
    again();
    refused(result.error);
  };

  const escalate = async (id: number, note: string) => {
    left([id]);
    const result = await escalateAlertAction({ id, note }).catch(unreachable);
    if (result.ok) return done(id, t('escalatedToast', { id: formatAlertId(id) }));
    back([id], false);
    again();
    refused(result.error);
  };

  const reasonOf = (result: BulkResult) => {
    const id = formatAlertId(result.id);
    if (result.code === 'locked') return t('bulkLocked', { id, name: result.name ?? '' });
    if (result.code === 'archived') return t('bulkArchived', { id, month: result.month ?? '' });
    return t(result.code === 'conflict' ? 'bulkDecided' : 'bulkMissing', { id });
  };

  const decideMany = async (ids: number[], disposition: Disposition) => {
    setBusy(true);
    const result = await bulkDecideAction({ ids, disposition }).catch(
      unreachable<{ results: BulkResult[]; decided: number }>,
    );
    setBusy(false);
    again();
    if (!result.ok) return refused(result.error);
    const failed = result.value.results.filter((each) => !each.ok);
    left(result.value.results.filter((each) => each.ok).map((each) => each.id));
    toast({
      title: t('bulkDone', { count: result.value.decided }),
      text:
        failed.length > 0
          ? t('bulkRefused', { count: failed.length, reasons: failed.slice(0, 3).map(reasonOf).join(', ') })
          : undefined,
    });
  };

  return { decide, escalate, decideMany, undo: () => undo(acts.at(-1)), busy };
}
