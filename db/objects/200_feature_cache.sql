-- How are the 7 and 30 day features of a busy merchant or IP address read without its hundred thousand payments?
-- feature_cache keeps the sums of its closed hours and days; dropping it all changes no result, only time.
--
-- Keys: `merchant:h:494993:<id>` and `merchant:d:20624:<id>` (hours and days since 1970), and `merchant:heavy:<id>`,
-- which says that this entity is kept. A payment belongs to the hour of its timestamp, a fraud label to the hour of labelled_at.
-- Whoever writes a payment or a label holds the shared lock of that hour and deletes the keys it touches in the same
-- transaction; whoever fills a key holds the hour's exclusive lock. So a filled key can never miss a row.

-- The hour of a moment, counted from 1970: names the cached hour and its lock. Written so that it is immutable in
-- PostgreSQL's eyes too, and inlined.
CREATE OR REPLACE FUNCTION feature_hour(p_at timestamptz) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT floor(extract(epoch FROM p_at AT TIME ZONE 'UTC') / 3600)::integer $$;

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
  v_hour integer := feature_hour(p_at);
  v_7d integer := v_hour - 168;
  v_30d integer := v_hour - 720;
  -- Whole days lie between these; the day in which the 7 days begin is taken apart into hours.
  v_first_day integer := (v_30d + 23) / 24;
  v_today integer := v_hour / 24;
  v_split integer := v_7d / 24;
  v_keys text[];
  v_starts integer[];
  v_sizes integer[];
  v_found integer;
  v_n bigint;
  v_amount numeric;
  v_n_7d bigint;
  v_frauds bigint;
  v_frauds_7d bigint;
  v_missing record;
BEGIN
  SELECT array_agg(p_entity || ':' || b.kind || ':' || b.number || ':' || p_key), array_agg(b.start), array_agg(b.size)
  INTO v_keys, v_starts, v_sizes
  FROM (
    SELECT 'd' AS kind, d AS number, d * 24 AS start, 24 AS size FROM generate_series(v_first_day, v_today - 1) d WHERE d <> v_split
    UNION ALL SELECT 'h', h, h, 1 FROM generate_series(v_30d, v_first_day * 24 - 1) h
    UNION ALL SELECT 'h', h, h, 1 FROM generate_series(v_split * 24, v_split * 24 + 23) h
    UNION ALL SELECT 'h', h, h, 1 FROM generate_series(v_today * 24, v_hour - 1) h) b;

  SELECT count(*), coalesce(sum(c.n), 0), coalesce(sum(c.amount), 0), coalesce(sum(c.frauds), 0),
         coalesce(sum(c.n) FILTER (WHERE c.start >= v_7d), 0), coalesce(sum(c.frauds) FILTER (WHERE c.start >= v_7d), 0)
  INTO v_found, v_n, v_amount, v_frauds, v_n_7d, v_frauds_7d
  FROM (SELECT (f.feature_data ->> 'start')::integer AS start, (f.feature_data ->> 'n')::integer AS n,
               (f.feature_data ->> 'amount')::numeric AS amount, (f.feature_data ->> 'frauds')::integer AS frauds
        FROM feature_cache f WHERE f.cache_key = ANY (v_keys)) c;

  -- The open hour up to p_at, a microsecond being the grain of timestamps, and every bucket that nobody has filled.
  FOR v_missing IN
    SELECT v_hour AS start, f.n, f.amount, f.frauds
    FROM feature_bucket(p_entity, p_key, to_timestamp(v_hour * 3600::bigint), p_at + interval '1 microsecond') f
    UNION ALL
    SELECT b.start, f.n, f.amount, f.frauds
    FROM unnest(v_keys, v_starts, v_sizes) AS b(key, start, size)
    CROSS JOIN LATERAL feature_bucket(p_entity, p_key, to_timestamp(b.start * 3600::bigint),
      to_timestamp((b.start + b.size) * 3600::bigint)) f
    WHERE v_found < cardinality(v_keys) AND NOT EXISTS (SELECT FROM feature_cache c WHERE c.cache_key = b.key)
  LOOP
    v_n := v_n + v_missing.n;
    v_amount := v_amount + v_missing.amount;
    v_frauds := v_frauds + v_missing.frauds;
    IF v_missing.start >= v_7d THEN
      v_n_7d := v_n_7d + v_missing.n;
      v_frauds_7d := v_frauds_7d + v_missing.frauds;
    END IF;
  END LOOP;
  RETURN QUERY SELECT v_n_7d::integer, v_n::integer, v_amount::double precision, v_frauds_7d::integer, v_frauds::integer;
END $$;

-- Fills what is missing of one UTC day of an entity and answers how many keys it made. Hours that ended less than five
-- seconds ago are left open: clocks may step back a little.
CREATE OR REPLACE FUNCTION fill_feature_cache(p_entity text, p_key text, p_day timestamptz)
RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_day integer := feature_hour(p_day) / 24;
  -- The first hour that is still open.
  v_open integer := feature_hour(clock_timestamp() - interval '5 seconds');
  v_made integer;
BEGIN
  IF p_entity NOT IN ('merchant', 'ip') THEN
    RAISE EXCEPTION 'feature_cache keeps merchants and IP addresses, not %', p_entity USING ERRCODE = '22023';
  END IF;
  PERFORM pg_advisory_xact_lock(7461, h.hour)
  FROM (SELECT h AS hour FROM generate_series(v_day * 24, v_day * 24 + 23) h WHERE h < v_open ORDER BY h) h;
  INSERT INTO feature_cache (cache_key, feature_data, expires_at)
  SELECT w.cache_key, jsonb_build_object('start', w.start, 'n', f.n, 'amount', f.amount, 'frauds', f.frauds),
    to_timestamp(v_day * 86400::bigint) + interval '33 days'
  FROM (
    SELECT p_entity || ':' || b.kind || ':' || b.number || ':' || p_key AS cache_key, b.start, b.start + b.size AS stop
    FROM (SELECT 'h' AS kind, h AS number, h AS start, 1 AS size FROM generate_series(v_day * 24, v_day * 24 + 23) h
          UNION ALL SELECT 'd', v_day, v_day * 24, 24) b
  ) w
  CROSS JOIN LATERAL feature_bucket(p_entity, p_key, to_timestamp(w.start * 3600::bigint), to_timestamp(w.stop * 3600::bigint)) f
  WHERE w.stop <= v_open AND NOT EXISTS (SELECT FROM feature_cache c WHERE c.cache_key = w.cache_key)
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
