-- What must be known before a payment is decided? One read for a block of payments: whether the payment was
-- answered before, when its user and card last changed (record_decision compares them), and the sums behind every
-- feature (domain/transactions/features.ts). Windows are (t - w, t]; 7 and 30 days of merchant and IP begin at the
-- full hour and come from feature_cache where the entity is kept there.
--
-- Names are qualified instead of a pinned search_path, which costs a tenth of the read; it runs with the caller's rights.
-- Up to sixteen payments: one statement each with plan parameters, so that the executor opens only the two or three
-- months it needs. More: one statement for all, whose start, a multiple of a payment's own work, is paid once; `oldest` and
-- `newest` leave out the months that none of them needs, and what a payment does not name is not looked for.
-- The first matching index is the only sensible path, whatever the statistics of a young table say. Texts are counted
-- as bytes (COLLATE "C"): sorting four thousand ids by the rules of a language costs more than reading them.
CREATE OR REPLACE FUNCTION decision_context(payments jsonb)
RETURNS TABLE (
  "position" integer,
  stream_status text,
  stream_hash text,
  stream_answer text,
  user_head bigint,
  card_head bigint,
  merchant_cached boolean,
  ip_cached boolean,
  user_count_10m integer,
  user_count_1h integer,
  user_count_24h integer,
  user_count_7d integer,
  user_count_30d integer,
  user_sum_1h double precision,
  user_sum_24h double precision,
  user_sum_7d double precision,
  user_sum_30d double precision,
  user_spread_30d double precision,
  user_max_24h double precision,
  user_max_30d double precision,
  user_distinct_merchants_24h integer,
  user_distinct_merchants_30d integer,
  user_distinct_devices_24h integer,
  user_distinct_devices_30d integer,
  user_distinct_ips_24h integer,
  user_distinct_countries_24h integer,
  user_distinct_cards_30d integer,
  user_hours_30d integer,
  user_seconds_since_last double precision,
  user_place_seconds double precision,
  user_place_latitude double precision,
  user_place_longitude double precision,
  user_seen_device boolean,
  user_seen_card boolean,
  user_seen_ip boolean,
  user_seen_country boolean,
  user_seen_merchant boolean,
  card_count_10m integer,
  card_count_1h integer,
  card_count_24h integer,
  card_count_7d integer,
  card_count_30d integer,
  card_small_count_10m integer,
  card_sum_10m double precision,
  card_sum_1h double precision,
  card_sum_24h double precision,
  card_sum_30d double precision,
  card_max_24h double precision,
  card_max_30d double precision,
  card_distinct_merchants_1h integer,
  card_distinct_merchants_24h integer,
  card_distinct_devices_24h integer,
  card_distinct_ips_24h integer,
  card_distinct_users_30d integer,
  device_count_10m integer,
  device_count_1h integer,
  device_count_24h integer,
  device_count_7d integer,
  device_count_30d integer,
  device_sum_24h double precision,
  device_max_24h double precision,
  device_distinct_users_24h integer,
  device_distinct_users_30d integer,
  device_distinct_cards_24h integer,
  device_distinct_cards_30d integer,
  ip_count_10m integer,
  ip_count_1h integer,
  ip_count_24h integer,
  ip_count_7d integer,
  ip_count_30d integer,
  ip_sum_24h double precision,
  ip_distinct_users_1h integer,
  ip_distinct_users_24h integer,
  ip_distinct_cards_24h integer,
  merchant_count_10m integer,
  merchant_count_1h integer,
  merchant_count_24h integer,
  merchant_count_7d integer,
  merchant_count_30d integer,
  merchant_sum_1h double precision,
  merchant_sum_24h double precision,
  merchant_sum_30d double precision,
  merchant_max_24h double precision,
  merchant_distinct_users_24h integer,
  merchant_distinct_cards_1h integer,
  merchant_distinct_cards_24h integer,
  merchant_blocked_1h integer,
  merchant_frauds_7d integer,
  merchant_frauds_30d integer
)
LANGUAGE plpgsql STABLE
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET enable_hashjoin = off
SET enable_mergejoin = off
SET jit = off
AS $$
#variable_conflict use_column
DECLARE
  p record;
  known record;
  -- The long windows of a merchant or IP address that the cache keeps.
  m_7d integer;
  m_30d integer;
  m_sum_30d double precision;
  m_frauds_7d integer;
  m_frauds_30d integer;
  i_7d integer;
  i_30d integer;
  at timestamptz;
  at_hour integer;
  ago_10m timestamptz;
  ago_1h timestamptz;
  ago_24h timestamptz;
  ago_7d timestamptz;
  ago_30d timestamptz;
  hour_7d timestamptz;
  hour_30d timestamptz;
  label_from timestamptz;
  merchant_from timestamptz;
  ip_from timestamptz;
  -- Reach of a block.
  oldest timestamptz;
  newest timestamptz;
  oldest_label timestamptz;
  epoch CONSTANT timestamptz := '2000-01-01 00:00:00+00';
BEGIN
  IF jsonb_array_length(payments) > 16 THEN
    SELECT min(d.transaction_timestamp), max(d.transaction_timestamp) INTO oldest, newest
    FROM jsonb_to_recordset(payments) AS d(transaction_timestamp timestamptz);
    oldest := date_bin('1 hour', oldest - interval '720 hours', epoch);
    oldest_label := oldest - interval '1440 hours';
    FOR known IN
      SELECT d."position", s.processing_status, s.payload_hash, s.answer
      FROM jsonb_to_recordset(payments) AS d("position" integer, transaction_id varchar)
      JOIN public.transaction_stream s ON s.transaction_id = d.transaction_id
      WHERE s.answer IS NOT NULL
    LOOP
      "position" := known."position";
      stream_status := known.processing_status;
      stream_hash := known.payload_hash;
      stream_answer := known.answer;
      RETURN NEXT;
    END LOOP;
    RETURN QUERY
    WITH given AS MATERIALIZED (
      SELECT d.*, s.processing_status, s.payload_hash, s.answer,
             (extract(epoch FROM hu.recorded_at) * 1000000)::bigint AS user_head,
             (extract(epoch FROM hc.recorded_at) * 1000000)::bigint AS card_head,
             fm.id IS NOT NULL AS merchant_cached, fi.id IS NOT NULL AS ip_cached,
             d.at - interval '10 minutes' AS ago_10m, d.at - interval '1 hour' AS ago_1h, d.at - interval '24 hours' AS ago_24h,
             d.at - interval '168 hours' AS ago_7d, d.at - interval '720 hours' AS ago_30d,
             date_bin('1 hour', d.at - interval '168 hours', epoch) AS hour_7d, h.hour_30d,
             h.hour_30d - interval '1440 hours' AS label_from, extract(hour FROM d.at AT TIME ZONE 'UTC')::integer AS at_hour,
             CASE WHEN fm.id IS NULL THEN h.hour_30d ELSE d.at - interval '24 hours' END AS merchant_from,
             CASE WHEN fi.id IS NULL THEN h.hour_30d ELSE d.at - interval '24 hours' END AS ip_from
      FROM (SELECT r."position", r.transaction_id, r.user_id, r.merchant_id, r.transaction_timestamp AS at, r.country,
          r.device_id, r.ip_address, r.card_token
        FROM jsonb_to_recordset(payments) AS r(
          "position" integer, transaction_id varchar, user_id varchar, merchant_id varchar,
          transaction_timestamp timestamptz, country bpchar, device_id varchar, ip_address inet, card_token varchar)) d
      CROSS JOIN LATERAL (SELECT date_bin('1 hour', d.at - interval '720 hours', epoch) AS hour_30d) h
      LEFT JOIN public.transaction_stream s ON s.transaction_id = d.transaction_id
      LEFT JOIN public.entity_heads hu ON hu.entity = 'user' AND hu.key = d.user_id
      LEFT JOIN public.entity_heads hc ON hc.entity = 'card' AND hc.key = d.card_token
      LEFT JOIN public.feature_cache fm ON fm.cache_key = 'merchant:heavy:' || d.merchant_id
      LEFT JOIN public.feature_cache fi ON fi.cache_key = 'ip:heavy:' || host(d.ip_address)
    )
    SELECT p."position", p.processing_status::text, p.payload_hash::text, NULL::text,
           p.user_head, p.card_head, p.merchant_cached, p.ip_cached,
           u.*, c.*, d.*,
           a.n_10m, a.n_1h, a.n_24h, coalesce(i.n_7d, a.n_7d), coalesce(i.n_30d, a.n_30d),
           a.sum_24h, a.users_1h, a.users_24h, a.cards_24h,
           s.n_10m, s.n_1h, s.n_24h, coalesce(m.n_7d, s.n_7d), coalesce(m.n_30d, s.n_30d),
           s.sum_1h, s.sum_24h, coalesce(m.sum_30d, s.sum_30d),
           s.max_24h, s.users_24h, s.cards_1h, s.cards_24h, s.blocked_1h,
           coalesce(m.frauds_7d, l.frauds_7d), coalesce(m.frauds_30d, l.frauds_30d)
    FROM given p
    CROSS JOIN LATERAL (
      SELECT (count(*) FILTER (WHERE x.transaction_timestamp > p.ago_10m))::integer,
             (count(*) FILTER (WHERE x.transaction_timestamp > p.ago_1h))::integer,
             (count(*) FILTER (WHERE x.transaction_timestamp > p.ago_24h))::integer,
             (count(*) FILTER (WHERE x.transaction_timestamp > p.ago_7d))::integer,
             count(*)::integer,
             coalesce(sum(x.amount_base) FILTER (WHERE x.transaction_timestamp > p.ago_1h), 0)::double precision,
             coalesce(sum(x.amount_base) FILTER (WHERE x.transaction_timestamp > p.ago_24h), 0)::double precision,
             coalesce(sum(x.amount_base) FILTER (WHERE x.transaction_timestamp > p.ago_7d), 0)::double precision,
             coalesce(sum(x.amount_base), 0)::double precision,
             (count(*) * sum(x.amount_base * x.amount_base) - sum(x.amount_base) * sum(x.amount_base))::double precision,
             (max(x.amount_base) FILTER (WHERE x.transaction_timestamp > p.ago_24h))::double precision,
             max(x.amount_base)::double precision,
             (count(DISTINCT x.merchant_id COLLATE "C") FILTER (WHERE x.transaction_timestamp > p.ago_24h))::integer,
             count(DISTINCT x.merchant_id COLLATE "C")::integer,
             (count(DISTINCT x.device_id COLLATE "C") FILTER (WHERE x.transaction_timestamp > p.ago_24h))::integer,
             count(DISTINCT x.device_id COLLATE "C")::integer,
             (count(DISTINCT x.ip_address) FILTER (WHERE x.transaction_timestamp > p.ago_24h))::integer,
             (count(DISTINCT x.country COLLATE "C") FILTER (WHERE x.transaction_timestamp > p.ago_24h))::integer,
             count(DISTINCT x.card_token COLLATE "C")::integer,
             (sum(least(abs(extract(hour FROM x.transaction_timestamp AT TIME ZONE 'UTC')::integer - p.at_hour),
                 24 - abs(extract(hour FROM x.transaction_timestamp AT TIME ZONE 'UTC')::integer - p.at_hour))))::integer,
             extract(epoch FROM p.at - max(x.transaction_timestamp))::double precision,
             -(max(place.of))[1],
             (max(place.of))[3],
             (max(place.of))[4],
             bool_or(x.device_id = p.device_id),
             bool_or(x.card_token = p.card_token),
             bool_or(x.ip_address = p.ip_address),
             bool_or(x.country = p.country),
             bool_or(x.merchant_id = p.merchant_id)
      FROM public.transactions x
      -- The greatest array is the last payment that has a place: least age, then latest recorded.
      CROSS JOIN LATERAL (SELECT CASE WHEN x.latitude IS NOT NULL AND x.longitude IS NOT NULL THEN ARRAY[
        -extract(epoch FROM p.at - x.transaction_timestamp)::double precision,
        extract(epoch FROM x.recorded_at)::double precision, x.latitude, x.longitude] END AS of) AS place
      WHERE x.user_id = p.user_id AND x.transaction_timestamp > p.ago_30d AND x.transaction_timestamp <= p.at
        AND x.transaction_timestamp >= oldest AND x.transaction_timestamp <= newest
    ) u
    LEFT JOIN LATERAL (
      SELECT q.* FROM (SELECT 1 WHERE p.card_token IS NOT NULL OFFSET 0) AS given CROSS JOIN LATERAL (
        SELECT (count(*) FILTER (WHERE x.transaction_timestamp > p.ago_10m))::integer,
               (count(*) FILTER (WHERE x.transaction_timestamp > p.ago_1h))::integer,
               (count(*) FILTER (WHERE x.transaction_timestamp > p.ago_24h))::integer,
               (count(*) FILTER (WHERE x.transaction_timestamp > p.ago_7d))::integer,
               count(*)::integer,
               (count(*) FILTER (WHERE x.transaction_timestamp > p.ago_10m AND x.amount_base < 10))::integer,
               coalesce(sum(x.amount_base) FILTER (WHERE x.transaction_timestamp > p.ago_10m), 0)::double precision,
               coalesce(sum(x.amount_base) FILTER (WHERE x.transaction_timestamp > p.ago_1h), 0)::double precision,
               coalesce(sum(x.amount_base) FILTER (WHERE x.transaction_timestamp > p.ago_24h), 0)::double precision,
               coalesce(sum(x.amount_base), 0)::double precision,
               (max(x.amount_base) FILTER (WHERE x.transaction_timestamp > p.ago_24h))::double precision,
               max(x.amount_base)::double precision,
               (count(DISTINCT x.merchant_id COLLATE "C") FILTER (WHERE x.transaction_timestamp > p.ago_1h))::integer,
               (count(DISTINCT x.merchant_id COLLATE "C") FILTER (WHERE x.transaction_timestamp > p.ago_24h))::integer,
               (count(DISTINCT x.device_id COLLATE "C") FILTER (WHERE x.transaction_timestamp > p.ago_24h))::integer,
               (count(DISTINCT x.ip_address) FILTER (WHERE x.transaction_timestamp > p.ago_24h))::integer,
               count(DISTINCT x.user_id COLLATE "C")::integer
        FROM public.transactions x
        WHERE x.card_token = p.card_token AND x.transaction_timestamp > p.ago_30d AND x.transaction_timestamp <= p.at
        AND x.transaction_timestamp >= oldest AND x.transaction_timestamp <= newest
      ) q
    ) c ON true
    LEFT JOIN LATERAL (
      SELECT q.* FROM (SELECT 1 WHERE p.device_id IS NOT NULL OFFSET 0) AS given CROSS JOIN LATERAL (
        SELECT (count(*) FILTER (WHERE x.transaction_timestamp > p.ago_10m))::integer,
               (count(*) FILTER (WHERE x.transaction_timestamp > p.ago_1h))::integer,
               (count(*) FILTER (WHERE x.transaction_timestamp > p.ago_24h))::integer,
               (count(*) FILTER (WHERE x.transaction_timestamp > p.ago_7d))::integer,
               count(*)::integer,
               coalesce(sum(x.amount_base) FILTER (WHERE x.transaction_timestamp > p.ago_24h), 0)::double precision,
               (max(x.amount_base) FILTER (WHERE x.transaction_timestamp > p.ago_24h))::double precision,
               (count(DISTINCT x.user_id COLLATE "C") FILTER (WHERE x.transaction_timestamp > p.ago_24h))::integer,
               count(DISTINCT x.user_id COLLATE "C")::integer,
               (count(DISTINCT x.card_token COLLATE "C") FILTER (WHERE x.transaction_timestamp > p.ago_24h))::integer,
               count(DISTINCT x.card_token COLLATE "C")::integer
        FROM public.transactions x
        WHERE x.device_id = p.device_id AND x.transaction_timestamp > p.ago_30d AND x.transaction_timestamp <= p.at
        AND x.transaction_timestamp >= oldest AND x.transaction_timestamp <= newest
      ) q
    ) d ON true
    LEFT JOIN LATERAL (
      SELECT q.* FROM (SELECT 1 WHERE p.ip_address IS NOT NULL OFFSET 0) AS given CROSS JOIN LATERAL (
        SELECT (count(*) FILTER (WHERE x.transaction_timestamp > p.ago_10m))::integer AS n_10m,
               (count(*) FILTER (WHERE x.transaction_timestamp > p.ago_1h))::integer AS n_1h,
               (count(*) FILTER (WHERE x.transaction_timestamp > p.ago_24h))::integer AS n_24h,
               (count(*) FILTER (WHERE x.transaction_timestamp >= p.hour_7d))::integer AS n_7d,
               count(*)::integer AS n_30d,
               coalesce(sum(x.amount_base) FILTER (WHERE x.transaction_timestamp > p.ago_24h), 0)::double precision AS sum_24h,
               (count(DISTINCT x.user_id COLLATE "C") FILTER (WHERE x.transaction_timestamp > p.ago_1h))::integer AS users_1h,
               (count(DISTINCT x.user_id COLLATE "C") FILTER (WHERE x.transaction_timestamp > p.ago_24h))::integer AS users_24h,
               (count(DISTINCT x.card_token COLLATE "C") FILTER (WHERE x.transaction_timestamp > p.ago_24h))::integer AS cards_24h
        FROM public.transactions x
        WHERE x.ip_address = p.ip_address AND x.transaction_timestamp >= p.ip_from AND x.transaction_timestamp <= p.at
        AND x.transaction_timestamp >= oldest AND x.transaction_timestamp <= newest
      ) q
    ) a ON true
    CROSS JOIN LATERAL (
      SELECT (count(*) FILTER (WHERE x.transaction_timestamp > p.ago_10m))::integer AS n_10m,
             (count(*) FILTER (WHERE x.transaction_timestamp > p.ago_1h))::integer AS n_1h,
             (count(*) FILTER (WHERE x.transaction_timestamp > p.ago_24h))::integer AS n_24h,
             (count(*) FILTER (WHERE x.transaction_timestamp >= p.hour_7d))::integer AS n_7d,
             count(*)::integer AS n_30d,
             coalesce(sum(x.amount_base) FILTER (WHERE x.transaction_timestamp > p.ago_1h), 0)::double precision AS sum_1h,
             coalesce(sum(x.amount_base) FILTER (WHERE x.transaction_timestamp > p.ago_24h), 0)::double precision AS sum_24h,
             coalesce(sum(x.amount_base), 0)::double precision AS sum_30d,
             (max(x.amount_base) FILTER (WHERE x.transaction_timestamp > p.ago_24h))::double precision AS max_24h,
             (count(DISTINCT x.user_id COLLATE "C") FILTER (WHERE x.transaction_timestamp > p.ago_24h))::integer AS users_24h,
             (count(DISTINCT x.card_token COLLATE "C") FILTER (WHERE x.transaction_timestamp > p.ago_1h))::integer AS cards_1h,
             (count(DISTINCT x.card_token COLLATE "C") FILTER (WHERE x.transaction_timestamp > p.ago_24h))::integer AS cards_24h,
             (count(*) FILTER (WHERE x.transaction_timestamp > p.ago_1h AND x.decision = 'BLOCK'))::integer AS blocked_1h
      FROM public.transactions x
      WHERE x.merchant_id = p.merchant_id AND x.transaction_timestamp >= p.merchant_from AND x.transaction_timestamp <= p.at
        AND x.transaction_timestamp >= oldest AND x.transaction_timestamp <= newest
    ) s
    LEFT JOIN LATERAL (
      SELECT q.* FROM (SELECT 1 WHERE NOT p.merchant_cached OFFSET 0) AS given CROSS JOIN LATERAL (
        -- A label never lies before its payment (label_transactions), so the payment's timestamp is within reach too.
        SELECT (count(*) FILTER (WHERE x.labelled_at >= p.hour_7d))::integer AS frauds_7d,
               count(*)::integer AS frauds_30d
        FROM public.transactions x
        WHERE x.merchant_id = p.merchant_id AND x.is_fraud
          AND x.labelled_at >= p.hour_30d AND x.labelled_at <= p.at
          AND x.labelled_at <= x.transaction_timestamp + interval '1440 hours'
          AND x.transaction_timestamp >= p.label_from AND x.transaction_timestamp <= p.at
          AND x.transaction_timestamp >= oldest_label AND x.transaction_timestamp <= newest
      ) q
    ) l ON true
    LEFT JOIN LATERAL (
      SELECT f.* FROM (SELECT 1 WHERE p.merchant_cached OFFSET 0) AS given
      CROSS JOIN LATERAL public.feature_sums('merchant', p.merchant_id, p.at) f
    ) m ON true
    LEFT JOIN LATERAL (
      SELECT f.* FROM (SELECT 1 WHERE p.ip_cached OFFSET 0) AS given
      CROSS JOIN LATERAL public.feature_sums('ip', host(p.ip_address), p.at) f
    ) i ON true
    WHERE p.answer IS NULL;
    RETURN;
  END IF;
  FOR p IN
    SELECT d."position", d.transaction_id, d.user_id, d.merchant_id, d.transaction_timestamp, d.country, d.device_id,
           d.ip_address, d.card_token
    FROM jsonb_to_recordset(payments) AS d(
      "position" integer, transaction_id varchar, user_id varchar, merchant_id varchar,
      transaction_timestamp timestamptz, country bpchar, device_id varchar, ip_address inet, card_token varchar)
  LOOP
    at := p.transaction_timestamp;
    SELECT s.processing_status, s.payload_hash, s.answer,
           (extract(epoch FROM hu.recorded_at) * 1000000)::bigint AS user_head,
           (extract(epoch FROM hc.recorded_at) * 1000000)::bigint AS card_head,
           fm.id IS NOT NULL AS merchant_cached,
           fi.id IS NOT NULL AS ip_cached
    INTO known
    FROM (VALUES (1)) AS one(x)
    LEFT JOIN public.transaction_stream s ON s.transaction_id = p.transaction_id
    LEFT JOIN public.entity_heads hu ON hu.entity = 'user' AND hu.key = p.user_id
    LEFT JOIN public.entity_heads hc ON hc.entity = 'card' AND hc.key = p.card_token
    LEFT JOIN public.feature_cache fm ON fm.cache_key = 'merchant:heavy:' || p.merchant_id
    LEFT JOIN public.feature_cache fi ON fi.cache_key = 'ip:heavy:' || host(p.ip_address);

    IF known.answer IS NOT NULL THEN
      "position" := p."position";
      stream_status := known.processing_status;
      stream_hash := known.payload_hash;
      stream_answer := known.answer;
      RETURN NEXT;
      CONTINUE;
    END IF;

    ago_10m := at - interval '10 minutes';
    ago_1h := at - interval '1 hour';
    ago_24h := at - interval '24 hours';
    ago_7d := at - interval '168 hours';
    ago_30d := at - interval '720 hours';
    hour_7d := date_bin('1 hour', ago_7d, epoch);
    hour_30d := date_bin('1 hour', ago_30d, epoch);
    label_from := hour_30d - interval '1440 hours';
    at_hour := extract(hour FROM at AT TIME ZONE 'UTC');
    merchant_from := hour_30d;
    ip_from := hour_30d;
    IF known.merchant_cached THEN
      merchant_from := ago_24h;
      SELECT f.n_7d, f.n_30d, f.sum_30d, f.frauds_7d, f.frauds_30d INTO m_7d, m_30d, m_sum_30d, m_frauds_7d, m_frauds_30d
      FROM public.feature_sums('merchant', p.merchant_id, at) f;
    END IF;
    IF known.ip_cached THEN
      ip_from := ago_24h;
      SELECT f.n_7d, f.n_30d INTO i_7d, i_30d FROM public.feature_sums('ip', host(p.ip_address), at) f;
    END IF;

    RETURN QUERY
    SELECT p."position", known.processing_status::text, known.payload_hash::text, NULL::text,
           known.user_head, known.card_head, known.merchant_cached, known.ip_cached,
           u.*, c.*, d.*,
           a.n_10m, a.n_1h, a.n_24h,
           CASE WHEN known.ip_cached THEN i_7d ELSE a.n_7d END,
           CASE WHEN known.ip_cached THEN i_30d ELSE a.n_30d END,
           a.sum_24h, a.users_1h, a.users_24h, a.cards_24h,
           s.n_10m, s.n_1h, s.n_24h,
           CASE WHEN known.merchant_cached THEN m_7d ELSE s.n_7d END,
           CASE WHEN known.merchant_cached THEN m_30d ELSE s.n_30d END,
           s.sum_1h, s.sum_24h,
           CASE WHEN known.merchant_cached THEN m_sum_30d ELSE s.sum_30d END,
           s.max_24h, s.users_24h, s.cards_1h, s.cards_24h, s.blocked_1h,
           CASE WHEN known.merchant_cached THEN m_frauds_7d ELSE l.frauds_7d END,
           CASE WHEN known.merchant_cached THEN m_frauds_30d ELSE l.frauds_30d END
    FROM (
      SELECT (count(*) FILTER (WHERE x.transaction_timestamp > ago_10m))::integer,
             (count(*) FILTER (WHERE x.transaction_timestamp > ago_1h))::integer,
             (count(*) FILTER (WHERE x.transaction_timestamp > ago_24h))::integer,
             (count(*) FILTER (WHERE x.transaction_timestamp > ago_7d))::integer,
             count(*)::integer,
             coalesce(sum(x.amount_base) FILTER (WHERE x.transaction_timestamp > ago_1h), 0)::double precision,
             coalesce(sum(x.amount_base) FILTER (WHERE x.transaction_timestamp > ago_24h), 0)::double precision,
             coalesce(sum(x.amount_base) FILTER (WHERE x.transaction_timestamp > ago_7d), 0)::double precision,
             coalesce(sum(x.amount_base), 0)::double precision,
             -- n² times the variance, exact until here: a difference of doubles would lose the small ones.
             (count(*) * sum(x.amount_base * x.amount_base) - sum(x.amount_base) * sum(x.amount_base))::double precision,
             (max(x.amount_base) FILTER (WHERE x.transaction_timestamp > ago_24h))::double precision,
             max(x.amount_base)::double precision,
             (count(DISTINCT x.merchant_id COLLATE "C") FILTER (WHERE x.transaction_timestamp > ago_24h))::integer,
             count(DISTINCT x.merchant_id COLLATE "C")::integer,
             (count(DISTINCT x.device_id COLLATE "C") FILTER (WHERE x.transaction_timestamp > ago_24h))::integer,
             count(DISTINCT x.device_id COLLATE "C")::integer,
             (count(DISTINCT x.ip_address) FILTER (WHERE x.transaction_timestamp > ago_24h))::integer,
             (count(DISTINCT x.country COLLATE "C") FILTER (WHERE x.transaction_timestamp > ago_24h))::integer,
             count(DISTINCT x.card_token COLLATE "C")::integer,
             (sum(least(abs(extract(hour FROM x.transaction_timestamp AT TIME ZONE 'UTC')::integer - at_hour),
                 24 - abs(extract(hour FROM x.transaction_timestamp AT TIME ZONE 'UTC')::integer - at_hour))))::integer,
             extract(epoch FROM at - max(x.transaction_timestamp))::double precision,
             -(max(place.of))[1],
             (max(place.of))[3],
             (max(place.of))[4],
             bool_or(x.device_id = p.device_id),
             bool_or(x.card_token = p.card_token),
             bool_or(x.ip_address = p.ip_address),
             bool_or(x.country = p.country),
             bool_or(x.merchant_id = p.merchant_id)
      FROM public.transactions x
      -- The greatest array is the last payment that has a place: least age, then latest recorded.
      CROSS JOIN LATERAL (SELECT CASE WHEN x.latitude IS NOT NULL AND x.longitude IS NOT NULL THEN ARRAY[
        -extract(epoch FROM at - x.transaction_timestamp)::double precision,
        extract(epoch FROM x.recorded_at)::double precision, x.latitude, x.longitude] END AS of) AS place
      WHERE x.user_id = p.user_id AND x.transaction_timestamp > ago_30d AND x.transaction_timestamp <= at
    ) u,
    (
      SELECT (count(*) FILTER (WHERE x.transaction_timestamp > ago_10m))::integer,
             (count(*) FILTER (WHERE x.transaction_timestamp > ago_1h))::integer,
             (count(*) FILTER (WHERE x.transaction_timestamp > ago_24h))::integer,
             (count(*) FILTER (WHERE x.transaction_timestamp > ago_7d))::integer,
             count(*)::integer,
             (count(*) FILTER (WHERE x.transaction_timestamp > ago_10m AND x.amount_base < 10))::integer,
             coalesce(sum(x.amount_base) FILTER (WHERE x.transaction_timestamp > ago_10m), 0)::double precision,
             coalesce(sum(x.amount_base) FILTER (WHERE x.transaction_timestamp > ago_1h), 0)::double precision,
             coalesce(sum(x.amount_base) FILTER (WHERE x.transaction_timestamp > ago_24h), 0)::double precision,
             coalesce(sum(x.amount_base), 0)::double precision,
             (max(x.amount_base) FILTER (WHERE x.transaction_timestamp > ago_24h))::double precision,
             max(x.amount_base)::double precision,
             (count(DISTINCT x.merchant_id COLLATE "C") FILTER (WHERE x.transaction_timestamp > ago_1h))::integer,
             (count(DISTINCT x.merchant_id COLLATE "C") FILTER (WHERE x.transaction_timestamp > ago_24h))::integer,
             (count(DISTINCT x.device_id COLLATE "C") FILTER (WHERE x.transaction_timestamp > ago_24h))::integer,
             (count(DISTINCT x.ip_address) FILTER (WHERE x.transaction_timestamp > ago_24h))::integer,
             count(DISTINCT x.user_id COLLATE "C")::integer
      FROM public.transactions x
      WHERE x.card_token = p.card_token AND x.transaction_timestamp > ago_30d AND x.transaction_timestamp <= at
    ) c,
    (
      SELECT (count(*) FILTER (WHERE x.transaction_timestamp > ago_10m))::integer,
             (count(*) FILTER (WHERE x.transaction_timestamp > ago_1h))::integer,
             (count(*) FILTER (WHERE x.transaction_timestamp > ago_24h))::integer,
             (count(*) FILTER (WHERE x.transaction_timestamp > ago_7d))::integer,
             count(*)::integer,
             coalesce(sum(x.amount_base) FILTER (WHERE x.transaction_timestamp > ago_24h), 0)::double precision,
             (max(x.amount_base) FILTER (WHERE x.transaction_timestamp > ago_24h))::double precision,
             (count(DISTINCT x.user_id COLLATE "C") FILTER (WHERE x.transaction_timestamp > ago_24h))::integer,
             count(DISTINCT x.user_id COLLATE "C")::integer,
             (count(DISTINCT x.card_token COLLATE "C") FILTER (WHERE x.transaction_timestamp > ago_24h))::integer,
             count(DISTINCT x.card_token COLLATE "C")::integer
      FROM public.transactions x
      WHERE x.device_id = p.device_id AND x.transaction_timestamp > ago_30d AND x.transaction_timestamp <= at
    ) d,
    (
      SELECT (count(*) FILTER (WHERE x.transaction_timestamp > ago_10m))::integer AS n_10m,
             (count(*) FILTER (WHERE x.transaction_timestamp > ago_1h))::integer AS n_1h,
             (count(*) FILTER (WHERE x.transaction_timestamp > ago_24h))::integer AS n_24h,
             (count(*) FILTER (WHERE x.transaction_timestamp >= hour_7d))::integer AS n_7d,
             count(*)::integer AS n_30d,
             coalesce(sum(x.amount_base) FILTER (WHERE x.transaction_timestamp > ago_24h), 0)::double precision AS sum_24h,
             (count(DISTINCT x.user_id COLLATE "C") FILTER (WHERE x.transaction_timestamp > ago_1h))::integer AS users_1h,
             (count(DISTINCT x.user_id COLLATE "C") FILTER (WHERE x.transaction_timestamp > ago_24h))::integer AS users_24h,
             (count(DISTINCT x.card_token COLLATE "C") FILTER (WHERE x.transaction_timestamp > ago_24h))::integer AS cards_24h
      FROM public.transactions x
      WHERE x.ip_address = p.ip_address AND x.transaction_timestamp >= ip_from AND x.transaction_timestamp <= at
    ) a,
    (
      SELECT (count(*) FILTER (WHERE x.transaction_timestamp > ago_10m))::integer AS n_10m,
             (count(*) FILTER (WHERE x.transaction_timestamp > ago_1h))::integer AS n_1h,
             (count(*) FILTER (WHERE x.transaction_timestamp > ago_24h))::integer AS n_24h,
             (count(*) FILTER (WHERE x.transaction_timestamp >= hour_7d))::integer AS n_7d,
             count(*)::integer AS n_30d,
             coalesce(sum(x.amount_base) FILTER (WHERE x.transaction_timestamp > ago_1h), 0)::double precision AS sum_1h,
             coalesce(sum(x.amount_base) FILTER (WHERE x.transaction_timestamp > ago_24h), 0)::double precision AS sum_24h,
             coalesce(sum(x.amount_base), 0)::double precision AS sum_30d,
             (max(x.amount_base) FILTER (WHERE x.transaction_timestamp > ago_24h))::double precision AS max_24h,
             (count(DISTINCT x.user_id COLLATE "C") FILTER (WHERE x.transaction_timestamp > ago_24h))::integer AS users_24h,
             (count(DISTINCT x.card_token COLLATE "C") FILTER (WHERE x.transaction_timestamp > ago_1h))::integer AS cards_1h,
             (count(DISTINCT x.card_token COLLATE "C") FILTER (WHERE x.transaction_timestamp > ago_24h))::integer AS cards_24h,
             (count(*) FILTER (WHERE x.transaction_timestamp > ago_1h AND x.decision = 'BLOCK'))::integer AS blocked_1h
      FROM public.transactions x
      WHERE x.merchant_id = p.merchant_id AND x.transaction_timestamp >= merchant_from AND x.transaction_timestamp <= at
    ) s,
    (
      -- A label never lies before its payment (label_transactions), so the payment's timestamp is within reach too.
      SELECT (count(*) FILTER (WHERE x.labelled_at >= hour_7d))::integer AS frauds_7d,
             count(*)::integer AS frauds_30d
      FROM public.transactions x
      WHERE NOT known.merchant_cached AND x.merchant_id = p.merchant_id AND x.is_fraud
        AND x.labelled_at >= hour_30d AND x.labelled_at <= at
        AND x.labelled_at <= x.transaction_timestamp + interval '1440 hours'
        AND x.transaction_timestamp >= label_from AND x.transaction_timestamp <= at
    ) l;
  END LOOP;
END
$$;
