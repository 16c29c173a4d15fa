'use client';

import { Button, Textarea } from '@mantine/core';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { Details } from '@/components/details';
import { Note } from '@/components/note';
import { SideSheet } from '@/components/side-sheet';
import { Age } from '@/components/time';
import { toast } from '@/components/toast';
import { useCommand } from '@/components/use-command';
import type { SettingRow } from '@/domain/settings/queries';
import { changeSettingAction, resetSettingAction } from './actions';
import { SettingHistory } from './setting-history';
import { fromText, toText } from './setting-text';
import styles from './settings.module.css';
import { ValueField } from './value-field';
import { useSettingWords } from './words';

type Props = { row: SettingRow; mayChange: boolean; onClose: () => void };

/** One setting: what it is for, what it is, the form to change it, and who changed it before. */
export function SettingSheet({ row, mayChange, onClose }: Props) {
  const t = useTranslations('settings');
  const words = useSettingWords();
  return (
    <SideSheet title={words.name(row.key)} id={row.key} onClose={onClose}>
      <p>{words.help(row.key)}</p>
      <Details
        items={[
          [t('now'), words.value(row, row.value)],
          [t('initial'), words.value(row, row.initial)],
          row.unit !== null && [t('unit'), words.unit(row)],
          row.changed &&
            row.updatedAt !== null && [
              t('lastChange'),
              t.rich('by', { name: row.updatedBy ?? '', age: () => <Age key="age" at={row.updatedAt} /> }),
            ],
        ]}
      />
      {mayChange ? <SettingForm row={row} /> : <Note tone="locked">{t('adminOnly')}</Note>}
      <SettingHistory row={row} />
    </SideSheet>
  );
}

function SettingForm({ row }: { row: SettingRow }) {
  const t = useTranslations('settings');
  // What the person began with; a change by somebody else in between is refused and shown, never overwritten.
  const [base, setBase] = useState(row);
  const [parts, setParts] = useState(() => toText(row.value));
  const [reason, setReason] = useState('');
  const [touched, setTouched] = useState(false);
  const done = () => {
    setReason('');
    setTouched(false);
    toast({ title: t('saved') });
  };
  // The form says it itself, beside what was typed.
  const failedHere = () => {};
  const change = useCommand(changeSettingAction, { done, failed: failedHere });
  const reset = useCommand(resetSettingAction, { done, failed: failedHere });
  const outdated = row.version !== base.version;
  if (outdated && !touched) {
    // Our own change has arrived, or somebody else's while nothing was typed: go on from there.
    setBase(row);
    setParts(toText(row.value));
  }
  const failed = change.failure ? change : reset;
  const takeNew = () => {
    setTouched(false);
    change.clear();
    reset.clear();
  };
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        reset.clear();
        change.run({ key: row.key, value: fromText(row.initial, parts), reason, version: base.version });
      }}
    >
      <ValueField
        row={row}
        parts={parts}
        onChange={(next) => {
          setParts(next);
          setTouched(true);
        }}
        errorOf={change.fieldError}
      />
      <Textarea
        label={t('reason')}
        description={t('reasonHelp')}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
        error={failed.fieldError('reason')}
        maxLength={500}
        autosize
        minRows={2}
        required
      />
      {failed.error && (
        <Note
          tone="fraud"
          action={
            outdated && (
              <Button size="xs" variant="default" onClick={takeNew}>
                {t('takeNew')}
              </Button>
            )
          }
        >
          {failed.error}
        </Note>
      )}
      <div className={styles.actions}>
        <Button type="submit" loading={change.pending} disabled={reset.pending}>
          {t('changeVerb')}
        </Button>
        {row.changed && (
          <Button
            variant="default"
            loading={reset.pending}
            disabled={change.pending}
            onClick={() => {
              change.clear();
              reset.run({ key: row.key, reason, version: base.version });
            }}
          >
            {t('resetVerb')}
          </Button>
        )}
      </div>
    </form>
  );
}
