'use client';

import { Button, TextInput } from '@mantine/core';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { Note } from '@/components/note';
import { SideSheet } from '@/components/side-sheet';
import { toast } from '@/components/toast';
import { useCommand } from '@/components/use-command';
import type { PatternList } from '@/domain/patterns/queries';
import { createPatternAction } from './actions';
import { emptyDraft, PatternFields, writtenOf } from './pattern-fields';
import styles from './patterns.module.css';

type Props = { rules: PatternList['rules']; onClose: () => void; onMade: (name: string) => void };

/** A pattern is written; it decides nothing until it is activated. */
export function NewPatternSheet({ rules, onClose, onMade }: Props) {
  const t = useTranslations('patterns');
  const [name, setName] = useState('');
  const [draft, setDraft] = useState(emptyDraft);
  const create = useCommand(createPatternAction, {
    done: (made) => {
      toast({ title: t('created') });
      onMade(made.name);
    },
  });
  return (
    <SideSheet title={t('new')} onClose={onClose}>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          create.run({ name, ...writtenOf(draft) });
        }}
      >
        <TextInput
          data-autofocus
          required
          withAsterisk={false}
          label={t('name')}
          description={t('nameHelp')}
          maxLength={100}
          value={name}
          error={create.fieldError('name')}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <PatternFields
          draft={draft}
          change={(part) => setDraft({ ...draft, ...part })}
          rules={rules}
          error={create.fieldError}
        />
        {create.error && <Note tone="fraud">{create.error}</Note>}
        <div>
          <Button type="submit" loading={create.pending}>
            {t('create')}
          </Button>
        </div>
      </form>
    </SideSheet>
  );
}
