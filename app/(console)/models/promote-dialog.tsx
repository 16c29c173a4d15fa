'use client';

import { useTranslations } from 'next-intl';
import { ConfirmDialog } from '@/components/dialog';
import { formatNumber } from '@/components/format';
import { toast } from '@/components/toast';
import { useCommand } from '@/components/use-command';
import type { ModelRow } from '@/domain/models/queries';
import { promoteModelAction } from './actions';

type Props = { model: ModelRow; champion?: ModelRow; onClose: () => void };

/** Says what changes for payments, and how the two compare, before it asks why. */
export function PromoteDialog({ model, champion, onClose }: Props) {
  const t = useTranslations('models');
  const name = `${model.name} ${model.version}`;
  const promote = useCommand(promoteModelAction, {
    done: () => {
      onClose();
      toast({ title: t('promoted', { name }) });
    },
  });
  const [mine, theirs] = [model.quality?.averagePrecision, champion?.quality?.averagePrecision];
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={t('promoteQuestion', { name })}
      verb={t('promote')}
      reason="required"
      consequences={[
        { text: t('promoteEffect') },
        champion
          ? { text: t('promoteInstead', { name: `${champion.name} ${champion.version}` }) }
          : { text: t('promoteFirst') },
        mine && theirs
          ? {
              text: t('promoteCompared', {
                mine: formatNumber(mine.value, 3),
                theirs: formatNumber(theirs.value, 3),
              }),
              warn: mine.value < theirs.value,
            }
          : { text: t('promoteNotCompared'), warn: true },
      ]}
      pending={promote.pending}
      error={promote.error ?? promote.fieldError('reason') ?? promote.fieldError('model')}
      onConfirm={(reason) => promote.run({ name: model.name, version: model.version, reason })}
    />
  );
}
