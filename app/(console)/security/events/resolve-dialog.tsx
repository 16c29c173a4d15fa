'use client';

import { Button, Modal, Select, Textarea } from '@mantine/core';
import { useTranslations } from 'next-intl';
import { type FormEvent, useState } from 'react';
import { toast } from '@/components/toast';
import { useCommand } from '@/components/use-command';
import { type Resolution, resolutions } from '@/domain/security-events/kinds';
import styles from '../security.module.css';
import { resolveEventAction } from './actions';

type Props = { id: number; opened: boolean; onClose: () => void };

/** Closes an event: what it turned out to be, and a note. */
export function ResolveDialog({ id, opened, onClose }: Props) {
  const t = useTranslations('securityEvents');
  return (
    <Modal opened={opened} onClose={onClose} title={t('resolveQuestion')} withCloseButton={false}>
      {opened && <Form id={id} onClose={onClose} />}
    </Modal>
  );
}

function Form({ id, onClose }: Omit<Props, 'opened'>) {
  const t = useTranslations();
  const [resolution, setResolution] = useState<Resolution>('expected');
  const [note, setNote] = useState('');
  const resolve = useCommand(resolveEventAction, {
    done: () => {
      onClose();
      toast({
        title: t('securityEvents.resolved', { resolution: t(`securityEvents.resolutions.${resolution}`) }),
      });
    },
  });
  function submit(event: FormEvent) {
    event.preventDefault();
    resolve.run({ id, resolution, note });
  }
  return (
    <form className={styles.form} onSubmit={submit}>
      <Select
        label={t('securityEvents.resolution')}
        allowDeselect={false}
        data={resolutions.map((value) => ({ value, label: t(`securityEvents.resolutions.${value}`) }))}
        value={resolution}
        onChange={(value) => value && setResolution(value as Resolution)}
      />
      <Textarea
        data-autofocus
        autosize
        minRows={2}
        maxRows={6}
        maxLength={1000}
        label={t('securityEvents.note')}
        description={t('securityEvents.noteHelp')}
        value={note}
        onChange={(event) => setNote(event.currentTarget.value)}
        error={resolve.fieldError('note') ?? resolve.error}
      />
      <div className={styles.formFoot}>
        <Button variant="default" onClick={onClose}>
          {t('common.cancel')}
        </Button>
        <Button type="submit" loading={resolve.pending} disabled={note.trim().length < 3}>
          {t('securityEvents.resolve')}
        </Button>
      </div>
    </form>
  );
}
