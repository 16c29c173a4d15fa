-- Which payments were like this one? Neither pgvector nor cube: the exact answer by comparing the 2 000 newest.
DROP INDEX IF EXISTS idx_ml_features_embedding;
CREATE OR REPLACE FUNCTION nearest_transactions(p_transaction_id text, p_timestamp timestamptz, p_limit integer DEFAULT 6)
RETURNS TABLE (transaction_id text, transaction_timestamp timestamptz, similarity double precision)
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT n.transaction_id::text, n.transaction_timestamp, s.similarity
  FROM ml_features o
  CROSS JOIN LATERAL (
    SELECT m.transaction_id, m.transaction_timestamp, m.transaction_embedding
    FROM transactions t JOIN ml_features m USING (transaction_id, transaction_timestamp)
    WHERE t.transaction_timestamp >= p_timestamp - interval '30 days' AND t.transaction_timestamp <= p_timestamp
      AND m.transaction_id <> p_transaction_id AND m.transaction_embedding IS NOT NULL
    ORDER BY t.transaction_timestamp DESC, t.transaction_id DESC LIMIT 2000) n
  CROSS JOIN LATERAL (SELECT sum(a::double precision * b) AS similarity
    FROM unnest(n.transaction_embedding, o.transaction_embedding) AS v(a, b)) s
  WHERE o.transaction_id = p_transaction_id AND o.transaction_timestamp = p_timestamp
  ORDER BY s.similarity DESC LIMIT least(p_limit, 50);
$$;
