import { useTranslations } from 'next-intl';
import styles from './diff.module.css';

type Json = Record<string, unknown> | null | undefined;

/** The names whose values differ between two objects, in order of appearance. */
export function changedFields(before: Json, after: Json): string[] {
  const names = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])];
  return names.filter((name) => JSON.stringify(before?.[name]) !== JSON.stringify(after?.[name]));
}

function show(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function Cell({ value, side }: { value: unknown; side: 'before' | 'after' }) {
  const t = useTranslations('common');
  if (value === undefined || value === null) return <td className={styles.unset}>{t('notSet')}</td>;
  return (
    <td data-side={side}>
      <span aria-hidden="true" className={styles.sign}>
        {side === 'before' ? '−' : '+'}
      </span>
      <span className="vg-mono">{show(value)}</span>
    </td>
  );
}

/** `<Diff before={row.oldValues} after={row.newValues} />`: only what changed; `−` on fraud soft, `+` on ok soft. */
export function Diff({ before, after }: { before: Json; after: Json }) {
  const t = useTranslations('common');
  return (
    <table className={styles.diff}>
      <thead>
        <tr>
          <th scope="col">{t('field')}</th>
          <th scope="col">{t('before')}</th>
          <th scope="col">{t('after')}</th>
        </tr>
      </thead>
      <tbody>
        {changedFields(before, after).map((name) => (
          <tr key={name}>
            <th scope="row" className="vg-mono">
              {name}
            </th>
            <Cell value={before?.[name]} side="before" />
            <Cell value={after?.[name]} side="after" />
          </tr>
        ))}
      </tbody>
    </table>
  );
}
