'use client';

import { Button } from '@mantine/core';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { ConfirmDialog } from '@/components/dialog';
import { toast } from '@/components/toast';
import { useCommand } from '@/components/use-command';
import type { ListedPattern } from '@/domain/patterns/queries';
import { activatePatternAction, pausePatternAction } from './actions';
import type { ChangedPattern } from './pattern-sheet';

/** Lets a pattern decide, or stops it, with a reason. */
export function StepButton({
  row,
  onChanged,
}: {
  row: ListedPattern;
  onChanged: (changed: ChangedPattern) => void;
}) {
  const t = useTranslations('patterns');
  const [asking, setAsking] = useState(false);
  const verb = row.active ? 'pause' : 'activate';
  const step = useCommand(row.active ? pausePatternAction : activatePatternAction, {
    done: (changed) => {
      setAsking(false);
      onChanged(changed);
      toast({ title: t(row.active ? 'pausedNow' : 'activated') });
    },
    failed: () => {},
  });
  return (
    <>
      <Button variant={row.active ? 'default' : 'filled'} onClick={() => setAsking(true)}>
        {t(verb)}
      </Button>
      <ConfirmDialog
        opened={asking}
        onClose={() => {
          setAsking(false);
          step.clear();
        }}
        title={t(`asks.${verb}`, { name: row.name })}
        consequences={[{ text: t(`follows.${verb}`) }]}
        reason="required"
        verb={t(verb)}
        pending={step.pending}
        error={step.error}
        onConfirm={(reason) => step.run({ id: row.id, version: row.version, reason })}
      />
    </>
  );
}
