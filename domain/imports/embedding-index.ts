import type { Sql } from 'postgres';
import {
  attachIndex,
  createConcurrently,
  createOnParent,
  dropConcurrently,
  partName,
  usingOf,
} from '@/domain/maintenance/statements';

export const embeddingIndex = 'idx_ml_features_embedding';
const table = 'ml_features';

type Part = { partition: string; index: string | null; attached: boolean; valid: boolean };

/** The partitions with what there is of the index on each, by its place below the index or by the name we give it. */
const readParts = async (sql: Sql): Promise<Part[]> => {
  const leaves = await sql<{ partition: string }[]>`select c.relname as partition from pg_inherits h
    join pg_class c on c.oid = h.inhrelid where h.inhparent = to_regclass(${table}) order by c.relname desc`;
  const names = leaves.map(({ partition }) => partName(embeddingIndex, table, partition));
  const found = await sql<(Part & { index: string })[]>`
    select t.relname as partition, c.relname as index, i.indisvalid as valid, h.inhparent is not null as attached
    from pg_index i join pg_class c on c.oid = i.indexrelid join pg_class t on t.oid = i.indrelid
    left join pg_inherits h on h.inhrelid = c.oid and h.inhparent = to_regclass(${embeddingIndex})
    where h.inhparent is not null
      or (c.relname in (select jsonb_array_elements_text(${JSON.stringify(names)}::text::jsonb)) and not c.relispartition)`;
  const there = new Map(found.map((part) => [part.partition, part]));
  return leaves.map(
    ({ partition }) => there.get(partition) ?? { partition, index: null, attached: false, valid: false },
  );
};

/**
 * Builds the index of embeddings that an import has set aside, partition by partition and beside writers; nothing where it
 * is there. Goes on where an earlier try has stopped.
 * @param onPart told each partition before it is built
 */
export const buildEmbeddingIndex = async (sql: Sql, onPart: (partition: string) => void): Promise<void> => {
  const [row] = await sql<{ definition: string; there: boolean; valid: boolean }[]>`
    select m.embedding_index as definition, i.indexrelid is not null as there, coalesce(i.indisvalid, false) as valid
    from imports m left join pg_index i on i.indexrelid = to_regclass(${embeddingIndex})
    where m.embedding_index is not null order by m.id desc limit 1`;
  if (!row || row.valid) return;
  const { using } = usingOf(row.definition);
  if (!row.there) await sql.unsafe(createOnParent({ name: embeddingIndex, table, using }));
  for (const { partition, index, attached, valid } of await readParts(sql)) {
    if (attached) continue;
    onPart(partition);
    const name = partName(embeddingIndex, table, partition);
    if (index !== null && !valid) await sql.unsafe(dropConcurrently(name));
    if (!valid) await sql.unsafe(createConcurrently({ name, table: partition, using }));
    await sql.unsafe(attachIndex(embeddingIndex, name));
  }
};
