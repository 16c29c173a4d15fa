-- Which payments were like this one? pgvector; cosine distance over the 30 days before the payment.
DROP INDEX IF EXISTS idx_ml_features_embedding;
CREATE INDEX idx_ml_features_embedding ON ml_features
  USING hnsw ((transaction_embedding::vector(16)) vector_cosine_ops);

CREATE OR REPLACE FUNCTION nearest_transactions(p_transaction_id text, p_timestamp timestamptz, p_limit integer DEFAULT 6)
RETURNS TABLE (transaction_id text, transaction_timestamp timestamptz, similarity double precision)
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT f.transaction_id::text, f.transaction_timestamp,
    1 - (f.transaction_embedding::vector(16) <=> o.transaction_embedding::vector(16))
  FROM ml_features o
  CROSS JOIN LATERAL (
    SELECT n.transaction_id, n.transaction_timestamp, n.transaction_embedding FROM ml_features n
    WHERE n.transaction_timestamp >= p_timestamp - interval '30 days' AND n.transaction_timestamp <= p_timestamp
      AND n.transaction_id <> p_transaction_id AND n.transaction_embedding IS NOT NULL
    ORDER BY n.transaction_embedding::vector(16) <=> o.transaction_embedding::vector(16)
    LIMIT least(p_limit, 50)) f
  WHERE o.transaction_id = p_transaction_id AND o.transaction_timestamp = p_timestamp;
$$;
