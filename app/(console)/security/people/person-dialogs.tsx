'use client';

import { Select } from '@mantine/core';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { ConfirmDialog, type Consequence } from '@/components/dialog';
import { toast } from '@/components/toast';
import { useCommand } from '@/components/use-command';
import type { Role } from '@/domain/access';
import type { PersonRow } from '@/domain/people/queries';
import { changeRoleAction, disablePersonAction, enablePersonAction, resetPasswordAction } from './actions';
import { rolesFor } from './add-person';
import type { GivenLink } from './link-dialog';
import type { Self } from './people-list';

export type PersonChange = 'role' | 'disable' | 'enable' | 'reset';

type Props = {
  change: PersonChange | null;
  person: PersonRow;
  self: Self;
  onClose: () => void;
  onLink: (link: GivenLink) => void;
};

/** Each change of a person with what follows from it. */
export function PersonDialogs({ change, person, self, onClose, onLink }: Props) {
  const t = useTranslations('people');
  const roleWords = useTranslations('roles');
  const [role, setRole] = useState<Role>(person.role);
  const { id, name } = person;
  const finish = (title: string) => {
    onClose();
    toast({ title });
  };
  const changeRole = useCommand(changeRoleAction, {
    done: (value) => finish(t('roleChanged', { name, role: roleWords(value.role) })),
  });
  const disable = useCommand(disablePersonAction, { done: () => finish(t('disabled', { name })) });
  const enable = useCommand(enablePersonAction, { done: () => finish(t('enabled', { name })) });
  const reset = useCommand(resetPasswordAction, {
    done: ({ token, expiresAt }) => {
      onClose();
      onLink({ name, token, expiresAt });
    },
  });
  const dialog = (
    kind: PersonChange,
    command: typeof reset | typeof disable | typeof enable | typeof changeRole,
  ) => ({
    opened: change === kind,
    onClose: () => {
      command.clear();
      onClose();
    },
    pending: command.pending,
    error: command.error ?? command.fieldError('reason'),
  });
  const keys: Consequence = { text: t('disableKeys', { name }), warn: true };
  return (
    <>
      <ConfirmDialog
        {...dialog('role', changeRole)}
        title={t('changeRoleQuestion', { name })}
        verb={t('changeRole')}
        reason="required"
        consequences={[{ text: t('changeRoleEffect') }]}
        onConfirm={(reason) => changeRole.run({ id, role, reason })}
      >
        <Select
          label={t('newRole')}
          allowDeselect={false}
          data={rolesFor(self).map((value) => ({ value, label: roleWords(value) }))}
          value={role}
          onChange={(value) => value && setRole(value as Role)}
        />
      </ConfirmDialog>
      <ConfirmDialog
        {...dialog('disable', disable)}
        title={t('disableQuestion', { name })}
        verb={t('disable')}
        danger
        reason="required"
        consequences={[{ text: t('disableEffect', { name }) }, keys]}
        onConfirm={(reason) => disable.run({ id, reason })}
      />
      <ConfirmDialog
        {...dialog('enable', enable)}
        title={t('enableQuestion', { name })}
        verb={t('enable')}
        reason="required"
        consequences={[{ text: t('enableEffect', { name }) }]}
        onConfirm={(reason) => enable.run({ id, reason })}
      />
      <ConfirmDialog
        {...dialog('reset', reset)}
        title={t('resetQuestion', { name })}
        verb={t('reset')}
        consequences={[{ text: t('resetEffect'), warn: true }, { text: t('resetKeep', { name }) }]}
        onConfirm={() => reset.run({ id })}
      />
    </>
  );
}
