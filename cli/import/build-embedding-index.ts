import type { Sql } from 'postgres';
import { connect } from '@/db/client';
import { pause } from '@/db/process-table';
import { embeddingIndex, embeddingIndexAside } from '@/domain/imports/embedding-index';
import { usingOf } from '@/domain/maintenance/statements';
import { buildIndex } from '@/worker/maintenance/build-index';
import { MaintenanceSession } from '@/worker/maintenance/session';

/**
 * Builds the index of embeddings that an import has set aside, as the worker builds indexes: beside writers, and going on
 * where an earlier try has stopped. Nothing where it is there. Waits while a worker is at maintenance.
 * @param url a login of the owner, past any pooler
 * @param tell told each partition before it is built
 */
export async function buildEmbeddingIndex(
  sql: Sql,
  url: string,
  tell: (partition: string) => void,
): Promise<void> {
  const definition = await embeddingIndexAside(sql);
  if (definition === null) return;
  const session = await begin(sql, url);
  try {
    const work = {
      session,
      requestedBy: 'import',
      progress: async ({ now }: { now?: string | null }) => void (now && tell(now)),
      advance: async () => {},
      kept: null,
      keep: async () => {},
    };
    await buildIndex(work, embeddingIndex, 'ml_features', usingOf(definition));
  } finally {
    await session.end();
  }
}

async function begin(sql: Sql, url: string): Promise<MaintenanceSession> {
  for (;;) {
    const session = await MaintenanceSession.begin({
      open: (onclose) =>
        connect(url, { max: 1, arrays: false, name: 'import-index', lasting: true, onclose }),
      cancel: async (pid) => void (await sql`select pg_cancel_backend(${pid})`),
    });
    if (session) return session;
    await pause(1_000);
  }
}
