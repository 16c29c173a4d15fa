-- Which payments were like this one? cube and GiST: on vectors of length one the Euclidean distance orders like the
-- cosine, over the 30 days before the payment. In sixteen dimensions GiST visits a good part of its index: above 100,000
-- payments in the two months it would take seconds, so there the newest 1,000 of the 30 days are compared one by one.
DO $$
BEGIN
  -- Minutes on millions of rows: made only where there is none of this kind.
  IF (SELECT a.amname FROM pg_class c JOIN pg_am a ON a.oid = c.relam WHERE c.oid = to_regclass('idx_ml_features_embedding'))
    IS DISTINCT FROM 'gist' THEN
    DROP INDEX IF EXISTS idx_ml_features_embedding;
    CREATE INDEX idx_ml_features_embedding ON ml_features USING gist (cube(transaction_embedding::double precision[]));
  END IF;
END $$;

-- Planned anew with its values each time, in which the planner sees that two or three months are enough.
CREATE OR REPLACE FUNCTION nearest_transactions(p_transaction_id text, p_timestamp timestamptz, p_limit integer DEFAULT 6)
RETURNS TABLE (transaction_id text, transaction_timestamp timestamptz, similarity double precision)
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp SET plan_cache_mode = force_custom_plan AS $$
#variable_conflict use_column
DECLARE
  v_from CONSTANT timestamptz := p_timestamp - interval '30 days';
  v_of CONSTANT cube := (SELECT cube(o.transaction_embedding::double precision[]) FROM ml_features o
    WHERE o.transaction_id = p_transaction_id AND o.transaction_timestamp = p_timestamp);
  v_rows CONSTANT double precision := (SELECT sum(greatest(c.reltuples, 0)) FROM pg_class c
    WHERE c.oid IN (to_regclass('ml_features_y' || to_char(p_timestamp AT TIME ZONE 'UTC', 'YYYY"m"MM')),
      to_regclass('ml_features_y' || to_char(v_from AT TIME ZONE 'UTC', 'YYYY"m"MM'))));
BEGIN
  IF v_rows > 100000 THEN
    RETURN QUERY
    SELECT m.transaction_id::text, m.transaction_timestamp, 1 - m.distance * m.distance / 2
    FROM (
      SELECT n.transaction_id, n.transaction_timestamp, cube(n.transaction_embedding::double precision[]) <-> v_of AS distance
      FROM (
        SELECT t.transaction_id, t.transaction_timestamp FROM transactions t
        WHERE t.transaction_timestamp >= v_from AND t.transaction_timestamp <= p_timestamp
        ORDER BY t.transaction_timestamp DESC, t.transaction_id DESC LIMIT 1000) t
      JOIN ml_features n USING (transaction_id, transaction_timestamp)
      WHERE n.transaction_timestamp >= v_from AND n.transaction_timestamp <= p_timestamp
        AND n.transaction_id <> p_transaction_id AND n.transaction_embedding IS NOT NULL AND v_of IS NOT NULL
      ORDER BY distance LIMIT least(p_limit, 50)) m;
    RETURN;
  END IF;
  RETURN QUERY
  SELECT f.transaction_id::text, f.transaction_timestamp, 1 - f.distance * f.distance / 2
  FROM (
    SELECT n.transaction_id, n.transaction_timestamp, cube(n.transaction_embedding::double precision[]) <-> v_of AS distance
    FROM ml_features n
    WHERE n.transaction_timestamp >= v_from AND n.transaction_timestamp <= p_timestamp
      AND n.transaction_id <> p_transaction_id AND n.transaction_embedding IS NOT NULL AND v_of IS NOT NULL
    ORDER BY cube(n.transaction_embedding::double precision[]) <-> v_of
    LIMIT least(p_limit, 50)) f;
END $$;
