'use client';

import { useTranslations } from 'next-intl';
import { ConfirmDialog } from '@/components/dialog';
import { formatBytes } from '@/components/format';
import { toast } from '@/components/toast';
import { useCommand } from '@/components/use-command';
import { dropWhole, rebuildIndexStatement } from '@/domain/maintenance/statements';
import type { IndexRow } from '@/domain/storage/indexes';
import { dropIndexAction, rebuildIndexAction } from './actions';

export type IndexDialog = 'drop' | 'rebuild';
type Props = { asking: IndexDialog | null; index: IndexRow; onClose: () => void };

const actions = { drop: dropIndexAction, rebuild: rebuildIndexAction };

/** Drop and rebuild, each with what follows from it. */
export function IndexDialogs({ asking, index, onClose }: Props) {
  return asking && <Asking asking={asking} index={index} onClose={onClose} />;
}

function Asking({ asking, index, onClose }: Props & { asking: IndexDialog }) {
  const t = useTranslations(`storage.${asking}`);
  const { name } = index;
  const run = useCommand(actions[asking], {
    done: () => {
      toast({ title: t('done', { name }) });
      onClose();
    },
  });
  const statement = asking === 'drop' ? dropWhole(name) : rebuildIndexStatement(name);
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={t('question', { name })}
      verb={t('verb')}
      danger={asking === 'drop'}
      reason="required"
      consequences={[
        { text: t('effect', { size: formatBytes(index.bytes) }) },
        { text: t('lock') },
        { text: t('after') },
        ...(asking === 'drop' && !index.unused ? [{ text: t('inUse'), warn: true }] : []),
        { text: <code className="vg-mono">{statement}</code> },
      ]}
      pending={run.pending}
      error={run.error ?? run.fieldError('index') ?? run.fieldError('reason')}
      onConfirm={(reason) => run.run({ index: name, reason })}
    />
  );
}
