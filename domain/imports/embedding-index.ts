import type { Sql } from 'postgres';

export const embeddingIndex = 'idx_ml_features_embedding';

/** The definition of the index of embeddings that an import has set aside; null where it is there and whole. */
export const embeddingIndexAside = async (sql: Sql): Promise<string | null> => {
  const [row] = await sql<{ definition: string }[]>`
    select m.embedding_index as definition from imports m
    where m.embedding_index is not null
      and not exists (select from pg_index i where i.indexrelid = to_regclass(${embeddingIndex}) and i.indisvalid)
    order by m.id desc limit 1`;
  return row?.definition ?? null;
};
