-- How are the 7 and 30 day features of a busy merchant or IP address read without its hundred thousand payments?
-- feature_cache keeps the sums of its closed hours and days; dropping it all changes no result, only time.
--
-- Keys: `merchant:h:2026-11-22T17:<id>`, `merchant:d:2026-11-22T00:<id>`, and `merchant:heavy:<id>`, which says that
-- this entity is kept. A payment belongs to the hour of its timestamp, a fraud label to the hour of labelled_at.
-- Whoever writes a payment or a label holds the shared lock of that hour and deletes the keys it touches in the same
-- transaction; whoever fills a key holds the hour's exclusive lock. So a filled key can never miss a row.

-- The hour of a moment as a number for the lock, and the lock's class.
CREATE OR REPLACE FUNCTION feature_hour(p_at timestamptz) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT floor(extract(epoch FROM p_at) / 3600)::integer $$;

CREATE OR REPLACE FUNCTION feature_key(p_entity text, p_kind text, p_start timestamptz, p_key text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT p_entity || ':' || p_kind || ':' || to_char(p_start AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24') || ':' || p_key
$$;

-- What happened at one merchant or IP address in [p_from, p_to)? Counted from the payments themselves.
CREATE OR REPLACE FUNCTION feature_bucket(p_entity text, p_key text, p_from timestamptz, p_to timestamptz)
RETURNS TABLE (n bigint, amount numeric, frauds bigint)
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET jit = off AS $$
DECLARE
  v_ip inet;
  v_label_from timestamptz := p_from - interval '1440 hours';
BEGIN
  IF p_entity = 'ip' THEN
    v_ip := p_key::inet;
    RETURN QUERY
    SELECT count(*), coalesce(sum(x.amount_base), 0), 0::bigint FROM transactions x
    WHERE x.ip_address = v_ip AND x.transaction_timestamp >= p_from AND x.transaction_timestamp < p_to;
  ELSE
    RETURN QUERY
    SELECT t.n, t.amount, l.n
    FROM (SELECT count(*) AS n, coalesce(sum(x.amount_base), 0) AS amount FROM transactions x
          WHERE x.merchant_id = p_key AND x.transaction_timestamp >= p_from AND x.transaction_timestamp < p_to) t,
         (SELECT count(*) AS n FROM transactions x
          WHERE x.merchant_id = p_key AND x.is_fraud AND x.labelled_at >= p_from AND x.labelled_at < p_to
            AND x.labelled_at <= x.transaction_timestamp + interval '1440 hours'
            AND x.transaction_timestamp >= v_label_from AND x.transaction_timestamp < p_to) l;
  END IF;
END $$;

-- The 7 and 30 day sums of a kept entity as of p_at: closed days and hours from the cache, what is missing there and
-- the open hour from the payments.
CREATE OR REPLACE FUNCTION feature_sums(p_entity text, p_key text, p_at timestamptz)
RETURNS TABLE (n_7d integer, n_30d integer, sum_30d double precision, frauds_7d integer, frauds_30d integer)
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET jit = off AS $$
#variable_conflict use_column
DECLARE
  v_epoch CONSTANT timestamptz := '2000-01-01 00:00:00+00';
  v_hour timestamptz := date_bin('1 hour', p_at, v_epoch);
  v_7d timestamptz := v_hour - interval '168 hours';
  v_30d timestamptz := v_hour - interval '720 hours';
  v_first_day timestamptz := date_bin('24 hours', v_30d + interval '23 hours', v_epoch);
  v_split_day timestamptz := date_bin('24 hours', v_7d, v_epoch);
  v_today timestamptz := date_bin('24 hours', p_at, v_epoch);
BEGIN
  RETURN QUERY
  WITH bucket AS (
    SELECT 'd' AS kind, g AS start, g + interval '24 hours' AS stop
    FROM generate_series(v_first_day, v_today - interval '24 hours', interval '24 hours') g WHERE g <> v_split_day
    UNION ALL
    SELECT 'h', g, g + interval '1 hour' FROM generate_series(v_30d, v_hour - interval '1 hour', interval '1 hour') g
    WHERE g < v_first_day OR g >= v_today OR (g >= v_split_day AND g < v_split_day + interval '24 hours')
  ), part AS (
    SELECT b.start, coalesce((c.feature_data ->> 'n')::bigint, r.n) AS n,
           coalesce((c.feature_data ->> 'amount')::numeric, r.amount) AS amount,
           coalesce((c.feature_data ->> 'frauds')::bigint, r.frauds) AS frauds
    FROM bucket b
    LEFT JOIN feature_cache c ON c.cache_key = feature_key(p_entity, b.kind, b.start, p_key)
    LEFT JOIN LATERAL (SELECT f.n, f.amount, f.frauds FROM feature_bucket(p_entity, p_key, b.start, b.stop) f
      WHERE c.cache_key IS NULL) r ON true
    UNION ALL
    -- A microsecond is the grain of timestamps: [hour, at] is [hour, at + 1 µs).
    SELECT v_hour, f.n, f.amount, f.frauds
    FROM feature_bucket(p_entity, p_key, v_hour, p_at + interval '1 microsecond') f
  )
  SELECT (sum(n) FILTER (WHERE start >= v_7d))::integer, sum(n)::integer, sum(amount)::double precision,
         (sum(frauds) FILTER (WHERE start >= v_7d))::integer, sum(frauds)::integer
  FROM part;
END $$;

-- Fills what is missing of one UTC day of an entity and answers how many keys it made. Hours that ended less than five
-- seconds ago are left open: clocks may step back a little.
CREATE OR REPLACE FUNCTION fill_feature_cache(p_entity text, p_key text, p_day timestamptz)
RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_day timestamptz := date_bin('24 hours', p_day, timestamptz '2000-01-01 00:00:00+00');
  v_made integer;
BEGIN
  IF p_entity NOT IN ('merchant', 'ip') THEN
    RAISE EXCEPTION 'feature_cache keeps merchants and IP addresses, not %', p_entity USING ERRCODE = '22023';
  END IF;
  PERFORM pg_advisory_xact_lock(7461, feature_hour(h.start))
  FROM (SELECT g AS start FROM generate_series(v_day, v_day + interval '23 hours', interval '1 hour') g
        WHERE g + interval '1 hour' < clock_timestamp() - interval '5 seconds' ORDER BY g) h;
  INSERT INTO feature_cache (cache_key, feature_data, expires_at)
  SELECT w.cache_key, jsonb_build_object('n', f.n, 'amount', f.amount, 'frauds', f.frauds), v_day + interval '33 days'
  FROM (
    SELECT feature_key(p_entity, b.kind, b.start, p_key) AS cache_key, b.start, b.stop
    FROM (SELECT 'h' AS kind, g AS start, g + interval '1 hour' AS stop
          FROM generate_series(v_day, v_day + interval '23 hours', interval '1 hour') g
          UNION ALL SELECT 'd', v_day, v_day + interval '24 hours') b
    -- The statement began before the look at the clock above, so only hours that are locked are filled.
    WHERE b.stop < statement_timestamp() - interval '5 seconds'
  ) w
  CROSS JOIN LATERAL feature_bucket(p_entity, p_key, w.start, w.stop) f
  WHERE NOT EXISTS (SELECT FROM feature_cache c WHERE c.cache_key = w.cache_key)
  ON CONFLICT (cache_key) DO NOTHING;
  GET DIAGNOSTICS v_made = ROW_COUNT;
  RETURN v_made;
END $$;

-- Marks entities as kept, after their days were filled, and adds the reads that the marks have answered since.
CREATE OR REPLACE FUNCTION keep_feature_cache(p_entities jsonb)
RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  INSERT INTO feature_cache AS c (cache_key, feature_data, expires_at, access_count)
  SELECT e.entity || ':heavy:' || e.key, '{}', now() + interval '2 days', e.hits
  FROM jsonb_to_recordset(p_entities) AS e(entity text, key text, hits integer)
  WHERE e.entity IN ('merchant', 'ip')
  ORDER BY 1
  ON CONFLICT (cache_key) DO UPDATE
  SET access_count = least(c.access_count::bigint + excluded.access_count, 2147483647)::integer, expires_at = excluded.expires_at;
$$;

REVOKE ALL ON FUNCTION fill_feature_cache(text, text, timestamptz) FROM PUBLIC;
REVOKE ALL ON FUNCTION keep_feature_cache(jsonb) FROM PUBLIC;
