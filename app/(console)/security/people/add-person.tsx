'use client';

import { Button, Modal, Select, TextInput } from '@mantine/core';
import { useTranslations } from 'next-intl';
import { type FormEvent, useState } from 'react';
import { useCommand } from '@/components/use-command';
import { type Role, roles } from '@/domain/access';
import styles from '../security.module.css';
import { createPersonAction } from './actions';
import type { GivenLink } from './link-dialog';
import type { Self } from './people-list';

type Props = { opened: boolean; self: Self; onClose: () => void; onLink: (link: GivenLink) => void };

/** Only administrators may make administrators. */
export const rolesFor = (self: Self): Role[] =>
  roles.filter((role) => role !== 'admin' || self.role === 'admin');

export function AddPerson({ opened, self, onClose, onLink }: Props) {
  const t = useTranslations('people');
  return (
    <Modal opened={opened} onClose={onClose} title={t('addTitle')} withCloseButton={false}>
      {opened && <Form self={self} onClose={onClose} onLink={onLink} />}
    </Modal>
  );
}

function Form({ self, onClose, onLink }: Omit<Props, 'opened'>) {
  const t = useTranslations();
  const [fields, setFields] = useState<{ name: string; email: string; role: Role }>({
    name: '',
    email: '',
    role: 'analyst',
  });
  const create = useCommand(createPersonAction, {
    done: ({ token, expiresAt }) => {
      onClose();
      onLink({ name: fields.name, token, expiresAt });
    },
  });
  function submit(event: FormEvent) {
    event.preventDefault();
    create.run(fields);
  }
  return (
    <form className={styles.form} onSubmit={submit}>
      <TextInput
        data-autofocus
        required
        withAsterisk={false}
        label={t('people.name')}
        maxLength={100}
        autoComplete="off"
        value={fields.name}
        onChange={(event) => setFields({ ...fields, name: event.currentTarget.value })}
        error={create.fieldError('name')}
      />
      <TextInput
        required
        withAsterisk={false}
        type="email"
        label={t('people.email')}
        description={t('people.emailHelp')}
        maxLength={200}
        autoComplete="off"
        value={fields.email}
        onChange={(event) => setFields({ ...fields, email: event.currentTarget.value })}
        error={create.fieldError('email')}
      />
      <Select
        label={t('people.role')}
        allowDeselect={false}
        data={rolesFor(self).map((value) => ({ value, label: t(`roles.${value}`) }))}
        value={fields.role}
        onChange={(role) => role && setFields({ ...fields, role: role as Role })}
        error={create.fieldError('role')}
      />
      <div className={styles.formFoot}>
        <Button variant="default" onClick={onClose}>
          {t('common.cancel')}
        </Button>
        <Button type="submit" loading={create.pending}>
          {t('people.addVerb')}
        </Button>
      </div>
    </form>
  );
}
