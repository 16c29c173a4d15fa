'use client';

import { IconAlertTriangle, IconCircleCheck } from '@tabler/icons-react';
import type { UseQueryResult } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { Badge } from '@/components/badge';
import { formatNumber } from '@/components/format';
import type { LiveError } from '@/components/live';
import { Panel } from '@/components/panel';
import { type Column, DataTable } from '@/components/table';
import { type Publication, type PublishedTable, publicationName } from '@/domain/replication/publication';
import type { Slot } from '@/domain/replication/slots';

type Props = { live: UseQueryResult<Publication | null, LiveError>; slots: Slot[] };

/** What others may subscribe to, and whether a subscriber could follow every change of it. */
export function PublicationPanel({ live, slots }: Props) {
  const t = useTranslations('replication');
  const publication = live.data;
  const tables = publication?.tables ?? [];
  const subscribers = slots.filter((slot) => slot.kind === 'pgoutput').length;
  const columns: Column<PublishedTable>[] = [
    {
      id: 'name',
      head: t('columns.table'),
      width: 132,
      cell: (row) => <span className="vg-mono">{row.name}</span>,
    },
    {
      id: 'partitions',
      head: t('columns.partitions'),
      align: 'right',
      width: 92,
      wide: true,
      cell: (row) => (row.partitioned ? formatNumber(row.partitions) : '–'),
    },
    {
      id: 'as',
      head: t('columns.as'),
      width: 130,
      wide: true,
      cell: (row) =>
        row.partitioned ? t(publication?.viaRoot ? 'as.root' : 'as.partitions') : t('as.itself'),
    },
    {
      id: 'identity',
      head: t('columns.identity'),
      width: 172,
      cell: (row) => <IdentityBadge table={row} />,
    },
  ];
  return (
    <Panel
      title={t.rich('publicationTitle', { name: () => <code className="vg-mono">{publicationName}</code> })}
      question={t('publicationQuestion')}
      live={live}
      flush
      height={212}
      empty={publication === null && { title: t('noPublication'), hint: t('noPublicationHint') }}
      table={{
        head: columns.map((column) => column.head),
        rows: tables.map((row) => [
          row.name,
          row.partitions,
          row.partitioned ? (publication?.viaRoot ? 'root' : 'partitions') : 'itself',
          row.published ? row.withoutIdentity : null,
        ]),
      }}
      csvName="publication"
    >
      <DataTable
        name="publication"
        label={t('publicationLabel')}
        columns={columns}
        rows={tables}
        rowKey={(row) => row.name}
        foot={
          publication && publication.leftOut.length > 0
            ? t('publishesNot', { what: publication.leftOut.join(', ') })
            : t('subscribers', { count: subscribers })
        }
        inPanel
      />
    </Panel>
  );
}

function IdentityBadge({ table }: { table: PublishedTable }) {
  const t = useTranslations('replication');
  if (!table.published)
    return (
      <Badge tone="review" icon={IconAlertTriangle}>
        {t('notPublished')}
      </Badge>
    );
  return table.withoutIdentity > 0 ? (
    <Badge tone="fraud" icon={IconAlertTriangle}>
      {t('withoutIdentity', { count: table.withoutIdentity })}
    </Badge>
  ) : (
    <Badge tone="ok" icon={IconCircleCheck}>
      {t('withIdentity')}
    </Badge>
  );
}
