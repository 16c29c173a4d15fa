'use client';

import { Button, CopyButton, Modal, TextInput } from '@mantine/core';
import styles from './security.module.css';

type Props = {
  opened: boolean;
  title: string;
  text: string;
  /** Above the field that holds `value`. */
  label: string;
  value: string;
  words: { copy: string; copied: string; done: string };
  onClose: () => void;
};

/** The one time that a secret is shown; it closes only by its button, so that it is not lost by accident. */
export function ShownOnce({ opened, title, text, label, value, words, onClose }: Props) {
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={title}
      withCloseButton={false}
      closeOnClickOutside={false}
      closeOnEscape={false}
    >
      <div className={styles.form}>
        <p>{text}</p>
        <div className={styles.link}>
          <TextInput label={label} value={value} readOnly onFocus={(event) => event.currentTarget.select()} />
          <CopyButton value={value}>
            {({ copied, copy }) => (
              <Button variant="default" onClick={copy} data-autofocus>
                {copied ? words.copied : words.copy}
              </Button>
            )}
          </CopyButton>
        </div>
        <div className={styles.formFoot}>
          <Button onClick={onClose}>{words.done}</Button>
        </div>
      </div>
    </Modal>
  );
}
