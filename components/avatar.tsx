import styles from './avatar.module.css';
import { formatInitials } from './format';

/** `<Avatar name="Deniz Aksoy" />`: initials in a circle; beside the name, never instead of it. */
export function Avatar({ name, size = 20 }: { name: string; size?: number }) {
  return (
    <span
      className={styles.avatar}
      style={{ width: size, height: size, fontSize: size > 24 ? 11 : 9 }}
      aria-hidden="true"
    >
      {formatInitials(name)}
    </span>
  );
}
