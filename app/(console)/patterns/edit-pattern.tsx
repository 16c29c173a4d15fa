'use client';

import { Button, Textarea } from '@mantine/core';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { Note } from '@/components/note';
import { toast } from '@/components/toast';
import { useCommand } from '@/components/use-command';
import type { ListedPattern, PatternList } from '@/domain/patterns/queries';
import { editPatternAction } from './actions';
import { type Draft, PatternFields, writtenOf } from './pattern-fields';
import type { ChangedPattern } from './pattern-sheet';
import styles from './patterns.module.css';

const draftOf = ({ description, rules, reviewThreshold, blockThreshold }: ListedPattern): Draft => ({
  description,
  rules,
  reviewThreshold,
  blockThreshold,
});

/** Behind a button, so that reading comes first. */
export function EditPattern({ row, rules, onChanged }: Omit<Props, 'base' | 'begin'>) {
  const t = useTranslations('patterns');
  // What the person began with; a change by somebody else in between is refused and shown, never overwritten.
  const [base, setBase] = useState<ListedPattern | null>(null);
  if (!base)
    return (
      <div>
        <Button variant="default" onClick={() => setBase(row)}>
          {t('edit')}
        </Button>
      </div>
    );
  return (
    <EditForm key={base.version} base={base} row={row} rules={rules} begin={setBase} onChanged={onChanged} />
  );
}

type Props = {
  base: ListedPattern;
  row: ListedPattern;
  rules: PatternList['rules'];
  begin: (row: ListedPattern | null) => void;
  onChanged: (changed: ChangedPattern) => void;
};

function EditForm({ base, row, rules, begin, onChanged }: Props) {
  const t = useTranslations('patterns');
  const common = useTranslations('common');
  const [draft, setDraft] = useState(() => draftOf(base));
  const [reason, setReason] = useState('');
  const edit = useCommand(editPatternAction, {
    done: (changed) => {
      toast({ title: t('saved') });
      onChanged(changed);
      begin(null);
    },
    failed: () => {},
  });
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        edit.run({ id: base.id, version: base.version, ...writtenOf(draft), reason });
      }}
    >
      {row.version !== base.version && !edit.pending && (
        <Note
          tone="review"
          title={t('changedMeanwhile')}
          action={
            <Button size="xs" variant="default" onClick={() => begin(row)}>
              {t('takeNew')}
            </Button>
          }
        />
      )}
      <PatternFields
        draft={draft}
        change={(part) => setDraft({ ...draft, ...part })}
        rules={rules}
        error={edit.fieldError}
      />
      <Textarea
        label={t('reason')}
        description={t('reasonHelp')}
        autosize
        minRows={1}
        maxLength={500}
        value={reason}
        error={edit.fieldError('reason')}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      {edit.error && <Note tone="fraud">{edit.error}</Note>}
      <div className={styles.pair}>
        <Button type="submit" loading={edit.pending}>
          {t('save')}
        </Button>
        <Button variant="default" onClick={() => begin(null)}>
          {common('cancel')}
        </Button>
      </div>
    </form>
  );
}
