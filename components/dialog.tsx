'use client';

import { Button, Modal, Textarea, TextInput } from '@mantine/core';
import { IconAlertTriangle, IconPointFilled } from '@tabler/icons-react';
import { useTranslations } from 'next-intl';
import { type ReactNode, useState } from 'react';
import styles from './dialog.module.css';

export type Consequence = { text: ReactNode; icon?: ReactNode; warn?: boolean };

type Props = {
  opened: boolean;
  onClose: () => void;
  /** A question: "End 3 sessions of Ana Petrova?" */
  title: ReactNode;
  /** What follows, one sentence each. */
  consequences?: Consequence[];
  /** Ask for a reason that goes to the audit trail; `required` keeps the verb disabled until it is given. */
  reason?: 'required' | 'optional';
  /** A name that must be typed before the verb works: for what cannot be undone. */
  typed?: string;
  /** The verb on the button: "End 3 sessions". */
  verb: string;
  danger?: boolean;
  pending?: boolean;
  /** A refusal, in words. */
  error?: string | null;
  onConfirm: (reason: string) => void;
  /** More fields, between the consequences and the reason. */
  children?: ReactNode;
};

/** Asks before something that matters: title, consequences, reason, Keep and the verb. */
export function ConfirmDialog(props: Props) {
  return (
    <Modal opened={props.opened} onClose={props.onClose} title={props.title} withCloseButton={false}>
      {props.opened && <Body {...props} />}
    </Modal>
  );
}

function Body(props: Props) {
  const { onClose, consequences, reason, typed, verb, danger, pending, error, onConfirm, children } = props;
  const t = useTranslations('common');
  const [text, setText] = useState('');
  const [name, setName] = useState('');
  const unnamed = typed !== undefined && name.trim() !== typed;
  const missing = unnamed || (reason === 'required' && text.trim().length < 3);
  return (
    <form
      className={styles.body}
      onSubmit={(event) => {
        event.preventDefault();
        if (!missing) onConfirm(text.trim());
      }}
    >
      {consequences && consequences.length > 0 && (
        <ul className={styles.consequences}>
          {consequences.map((each, i) => (
            <li key={i} data-warn={each.warn || undefined}>
              {each.icon ??
                (each.warn ? <IconAlertTriangle size={16} stroke={1.75} /> : <IconPointFilled size={16} />)}
              <span>{each.text}</span>
            </li>
          ))}
        </ul>
      )}
      {children}
      {typed !== undefined && (
        <TextInput
          data-autofocus
          autoComplete="off"
          spellCheck={false}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          label={t.rich('typeName', { name: () => <code className="vg-mono">{typed}</code> })}
        />
      )}
      {reason && (
        <Textarea
          data-autofocus={typed === undefined || undefined}
          autosize
          minRows={1}
          maxRows={5}
          maxLength={500}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          label={
            <>
              {t('reason')} <span className={styles.kept}>{t('reasonKept')}</span>
            </>
          }
        />
      )}
      {error && (
        <p role="alert" className={styles.error}>
          <IconAlertTriangle size={14} stroke={2} /> {error}
        </p>
      )}
      <div className={styles.foot}>
        <Button variant="default" onClick={onClose}>
          {t('keep')}
        </Button>
        <Button type="submit" variant={danger ? 'danger' : 'filled'} loading={pending} disabled={missing}>
          {verb}
        </Button>
      </div>
    </form>
  );
}
