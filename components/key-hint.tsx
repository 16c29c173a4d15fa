import styles from './key-hint.module.css';

/** `<KeyHint keys="F" />`, `<KeyHint keys="g a" />`: the key that does the same; 18 px high. */
export function KeyHint({ keys }: { keys: string }) {
  return (
    <span className={styles.keys} aria-hidden="true">
      {keys.split(' ').map((key, i) => (
        <kbd key={i} className={styles.key}>
          {key}
        </kbd>
      ))}
    </span>
  );
}
