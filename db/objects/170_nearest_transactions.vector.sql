-- Which payments were like this one? pgvector; cosine distance over the 30 days before the payment. The planner does not know
-- the window and takes it for a handful of rows, quickly sorted; without sorting it walks the index.
CREATE OR REPLACE FUNCTION nearest_transactions(p_transaction_id text, p_timestamp timestamptz, p_limit integer DEFAULT 6)
RETURNS TABLE (transaction_id text, transaction_timestamp timestamptz, similarity double precision)
LANGUAGE sql STABLE SET search_path = public, pg_temp
SET enable_seqscan = off SET enable_sort = off SET jit = off AS $$
  SELECT f.transaction_id::text, f.transaction_timestamp,
    1 - (f.transaction_embedding::vector(16) <=> o.transaction_embedding::vector(16)) AS similarity
  FROM ml_features o
  CROSS JOIN LATERAL (
    SELECT n.transaction_id, n.transaction_timestamp, n.transaction_embedding FROM ml_features n
    WHERE n.transaction_timestamp >= p_timestamp - interval '30 days' AND n.transaction_timestamp <= p_timestamp
      AND n.transaction_id <> p_transaction_id AND n.transaction_embedding IS NOT NULL
    ORDER BY n.transaction_embedding::vector(16) <=> o.transaction_embedding::vector(16)
    LIMIT least(p_limit, 50)) f
  WHERE o.transaction_id = p_transaction_id AND o.transaction_timestamp = p_timestamp
  ORDER BY similarity DESC;
$$;

-- Which index is searched? hnsw needs no tuning and no rows to begin with; ivfflat is built faster and smaller, from rows that
-- are there. Its lists are a thousandth of a month's rows, above a million their root.
CREATE OR REPLACE FUNCTION make_embedding_index(p_method text DEFAULT 'hnsw') RETURNS void LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
DECLARE
  v_rows double precision;
  v_lists integer;
BEGIN
  IF p_method NOT IN ('hnsw', 'ivfflat') THEN
    RAISE EXCEPTION 'no such index: %', p_method USING ERRCODE = '22023';
  END IF;
  SELECT coalesce(max(c.reltuples), 0) INTO v_rows
    FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = 'ml_features'::regclass;
  v_lists := greatest(10, CASE WHEN v_rows > 1000000 THEN sqrt(v_rows) ELSE v_rows / 1000 END);
  DROP INDEX IF EXISTS idx_ml_features_embedding;
  EXECUTE format('CREATE INDEX idx_ml_features_embedding ON ml_features
    USING %I ((transaction_embedding::vector(16)) vector_cosine_ops)%s',
    p_method, CASE p_method WHEN 'ivfflat' THEN format(' WITH (lists = %s)', v_lists) ELSE '' END);
  PERFORM tune_nearest_transactions();
END $$;

-- How hard must it look? Settings of the function by what index there is, so that no session needs any.
CREATE OR REPLACE FUNCTION tune_nearest_transactions() RETURNS void LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  v_lists CONSTANT integer := (SELECT max(substring(o FROM '^lists=(\d+)$')::integer)
    FROM pg_class c, unnest(c.reloptions) AS o WHERE c.oid = to_regclass('idx_ml_features_embedding'));
BEGIN
  ALTER FUNCTION nearest_transactions(text, timestamptz, integer) SET hnsw.ef_search = 100;
  EXECUTE format('ALTER FUNCTION nearest_transactions(text, timestamptz, integer) SET ivfflat.probes = %s',
    ceil(2 * sqrt(coalesce(v_lists, 1))));
  -- The window is a filter: the index goes on until enough of what it finds lies in it.
  IF (SELECT string_to_array(extversion, '.')::integer[] >= ARRAY[0, 8] FROM pg_extension WHERE extname = 'vector') THEN
    ALTER FUNCTION nearest_transactions(text, timestamptz, integer) SET hnsw.iterative_scan = 'relaxed_order';
    ALTER FUNCTION nearest_transactions(text, timestamptz, integer) SET ivfflat.iterative_scan = 'relaxed_order';
  END IF;
END $$;

REVOKE ALL ON FUNCTION make_embedding_index(text) FROM PUBLIC;
REVOKE ALL ON FUNCTION tune_nearest_transactions() FROM PUBLIC;

DO $$
DECLARE
  v_kind CONSTANT text := (SELECT a.amname FROM pg_class c JOIN pg_am a ON a.oid = c.relam
    WHERE c.oid = to_regclass('idx_ml_features_embedding'));
BEGIN
  -- Minutes on millions of rows: an index that pgvector searches stays.
  IF v_kind IS NULL OR v_kind NOT IN ('hnsw', 'ivfflat') THEN
    PERFORM make_embedding_index('hnsw');
  END IF;
  PERFORM tune_nearest_transactions();
END $$;
