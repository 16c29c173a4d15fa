'use client';

import { useRouter } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { useState, useTransition } from 'react';
import type { Failure, Result } from '@/domain/errors';
import { toast } from './toast';

type Options<Value> = {
  /** Runs after success, before the page reads again. */
  done?: (value: Value) => void;
  /** Runs after a refusal; without it (and without a wrong field) a toast says what happened. */
  failed?: (failure: Failure) => void;
};

type Words = ReturnType<typeof useTranslations<'errors'>>;

/** A failure in words: `errors.<detail>` where somebody wrote it, else `errors.<code>`. */
export function failureWords(t: Words, failure: Failure): string {
  const values = failure.values ?? {};
  if (failure.detail && t.has(failure.detail)) return t(failure.detail, values);
  return t.has(failure.code) ? t(failure.code, values) : t('unexpected');
}

/** One wrong field in words: `errors.field.<rule>`, else the failure itself. */
export function fieldWords(t: Words, failure: Failure, field: string): string | undefined {
  const issue = failure.issues?.find((each) => each.field === field);
  if (!issue) return failure.field === field ? failureWords(t, failure) : undefined;
  const key = `field.${issue.rule}`;
  return t.has(key) ? t(key, issue.values ?? {}) : t('invalid');
}

/**
 * `const claim = useCommand(claimAlertAction, { done: () => toast(…) })`, then `claim.run(input)`.
 * `claim.pending` for the button, `claim.fieldError('name')` for `error=` of an input, `claim.error` for a line
 * in a dialog. The page reads its rows again after success.
 */
export function useCommand<Input, Value>(
  action: (input: Input) => Promise<Result<Value>>,
  { done, failed }: Options<Value> = {},
) {
  const t = useTranslations('errors');
  const router = useRouter();
  const [pending, start] = useTransition();
  const [failure, setFailure] = useState<Failure | null>(null);

  function run(input: Input) {
    start(async () => {
      // A server action that does not answer: the server restarts or the network is away.
      const result = await action(input).catch(
        (): Result<Value> => ({ ok: false, error: { code: 'unavailable' } }),
      );
      if (result.ok) {
        setFailure(null);
        done?.(result.value);
        router.refresh();
        return;
      }
      setFailure(result.error);
      if (failed) failed(result.error);
      else if (!result.error.field) {
        const { requestId } = result.error;
        toast({
          tone: 'failed',
          title: failureWords(t, result.error),
          text: requestId && t('requestId', { id: requestId }),
        });
      }
    });
  }

  return {
    run,
    pending,
    failure,
    error: failure && !failure.field ? failureWords(t, failure) : null,
    fieldError: (field: string) => (failure ? fieldWords(t, failure, field) : undefined),
    clear: () => setFailure(null),
  };
}
