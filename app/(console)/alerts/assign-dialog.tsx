'use client';

import { Button, Modal, Select } from '@mantine/core';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { formatAlertId } from '@/components/format';
import { toast } from '@/components/toast';
import { useCommand } from '@/components/use-command';
import { assignAlertAction } from './actions';
import styles from './triage.module.css';

type Props = { id: number | null; people: { id: string; name: string }[]; onClose: () => void };

/** Gives the alert to a person without an end, or back to the queue. */
export function AssignDialog({ id, people, onClose }: Props) {
  const t = useTranslations('alerts');
  const common = useTranslations('common');
  const [person, setPerson] = useState<string | null>(null);
  const assign = useCommand(assignAlertAction, {
    done: () => {
      onClose();
      toast({ title: t('assignDone', { id: formatAlertId(id ?? 0) }) });
    },
  });
  return (
    <Modal
      opened={id !== null}
      onClose={onClose}
      title={t('assignTitle', { id: formatAlertId(id ?? 0) })}
      withCloseButton={false}
    >
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          if (id !== null) assign.run({ id, assigneeId: person });
        }}
      >
        <Select
          label={t('assignTo')}
          data={people.map(({ id: value, name }) => ({ value, label: name }))}
          value={person}
          onChange={setPerson}
          placeholder={t('assignNobody')}
          error={assign.fieldError('assigneeId')}
          searchable
          clearable
          data-autofocus
        />
        <div className={styles.formEnd}>
          <Button variant="default" onClick={onClose}>
            {common('cancel')}
          </Button>
          <Button type="submit" loading={assign.pending}>
            {t('assign')}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
