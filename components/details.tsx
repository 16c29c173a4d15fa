import type { ReactNode } from 'react';
import styles from './details.module.css';

/** `<Details items={[['Action', <code>config.update</code>], …]} />`: label and value pairs, 92 px labels. Null values are left out. */
export function Details({ items }: { items: (readonly [label: string, value: ReactNode] | null | false)[] }) {
  return (
    <dl className={styles.list}>
      {items.map(
        (item) =>
          item && (
            <div key={item[0]} className={styles.pair}>
              <dt>{item[0]}</dt>
              <dd>{item[1]}</dd>
            </div>
          ),
      )}
    </dl>
  );
}
