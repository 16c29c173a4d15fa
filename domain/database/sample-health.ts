import type { TransactionSql } from 'postgres';

/** Bytes are kept as MiB: system_metrics.metric_value is the plan's DECIMAL(15,4) and ends at 10¹¹. */
export const bytesPerMiB = 1_048_576;

/** A total starts again from zero here; a reader takes that for a reset. */
export const totalsWrapAt = 100_000_000_000;

/**
 * Writes v_database_health into system_metrics as `db.<metric>`, one row a metric that has a value.
 * @returns rows written
 */
export const sampleHealth = async (tx: TransactionSql, now: Date): Promise<number> => {
  const result = await tx`
    insert /* vigil:sample */ into system_metrics (metric_name, metric_value, labels, timestamp)
    select 'db.' || metric,
      case unit when 'total' then mod(value, ${totalsWrapAt})
                when 'bytes' then least(value / ${bytesPerMiB}, 99999999999)
                else least(value, 99999999999) end,
      jsonb_build_object('unit', case unit when 'bytes' then 'MiB' else unit end), ${now.toISOString()}
    from v_database_health where value is not null`;
  return result.count;
};
