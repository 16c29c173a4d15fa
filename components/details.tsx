import type { ReactNode } from 'react';
import styles from './details.module.css';

type Props = {
  items: (readonly [label: string, value: ReactNode] | null | false)[];
  /** Labels are names of settings. */
  wide?: boolean;
};

/** `<Details items={[['Action', <code>config.update</code>], …]} />`: label and value pairs, 92 px labels. Null values are left out. */
export function Details({ items, wide }: Props) {
  return (
    <dl className={styles.list} data-wide={wide || undefined}>
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
