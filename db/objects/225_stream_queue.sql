-- How do payments that nobody waits for get through the queue? transaction_stream is the queue; only the server's clock
-- judges what is due and whose lease is over.

-- Which payments of a block are new, and what has become of the others? Keeps the new ones as PENDING, in the order of
-- the block (`position`). Answers one row a payment: `accepted` when it was kept now, `known` with what is kept under
-- its id, `forgotten` when it was decided so long ago that its answer is gone. One id at most once a block.
CREATE OR REPLACE FUNCTION queue_payments(payments jsonb)
RETURNS TABLE (transaction_id text, outcome text, payload_hash text, processing_status text, answer text, error_code text)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = public, pg_temp
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET jit = off
AS $$
#variable_conflict use_column
DECLARE
  v_oldest timestamptz;
  v_newest timestamptz;
  v_now CONSTANT timestamptz := clock_timestamp();
  v_added text[];
BEGIN
  SELECT min(p.transaction_timestamp), max(p.transaction_timestamp) INTO v_oldest, v_newest
  FROM jsonb_to_recordset(payments) AS p(transaction_timestamp timestamptz);

  -- By id, as all writers do, so that two blocks with the same payments cannot wait for each other; their own order is
  -- in the microseconds.
  WITH added AS (
    INSERT INTO transaction_stream AS s (transaction_id, raw_data, payload_hash, received_at, next_try_at)
    SELECT p.transaction_id, p.raw_data, p.payload_hash, p.at, p.at
    FROM (SELECT g.*, v_now + g."position" * interval '1 microsecond' AS at
      FROM jsonb_to_recordset(payments) AS g("position" integer, transaction_id varchar, payload_hash bpchar, raw_data jsonb,
        transaction_timestamp timestamptz)) p
    WHERE NOT EXISTS (SELECT FROM transactions x WHERE x.transaction_id = p.transaction_id
      AND x.transaction_timestamp = p.transaction_timestamp
      AND x.transaction_timestamp BETWEEN v_oldest AND v_newest)
    ORDER BY p.transaction_id
    ON CONFLICT (transaction_id) DO NOTHING
    RETURNING s.transaction_id)
  SELECT coalesce(array_agg(a.transaction_id), '{}') INTO v_added FROM added a;

  -- A statement of its own: it sees what others had kept before the insert met it.
  RETURN QUERY
  SELECT p.transaction_id, CASE WHEN p.transaction_id = ANY (v_added) THEN 'accepted' WHEN s.id IS NULL THEN 'forgotten'
      ELSE 'known' END, s.payload_hash::text, s.processing_status::text, s.answer, s.error_code::text
  FROM jsonb_to_recordset(payments) AS p(transaction_id text)
  LEFT JOIN transaction_stream s ON s.transaction_id = p.transaction_id;
END
$$;

-- Which payments does this worker decide next? Takes what is due, oldest first, under a lease with a new epoch: rows that
-- wait, rows to be tried again, and rows of a worker that has not renewed its lease. Two failed or lost tries make a row
-- a suspect; it is taken alone, so that what kills a worker kills nobody else's payment. After `p_max_tries` it is given
-- up (`dead`).
CREATE OR REPLACE FUNCTION claim_payments(p_worker text, p_lease_ms integer, p_most integer, p_max_tries integer)
RETURNS TABLE (id bigint, lease_epoch integer, raw_data jsonb, payload_hash text, retry_count integer, lost boolean, dead boolean)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = public, pg_temp
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET enable_bitmapscan = off
SET enable_sort = off
SET jit = off
AS $$
#variable_conflict use_column
DECLARE
  v_now CONSTANT timestamptz := clock_timestamp();
  v_suspect boolean;
BEGIN
  SELECT s.retry_count >= 2 INTO v_suspect FROM transaction_stream s
  WHERE s.processing_status IN ('PENDING', 'PROCESSING', 'FAILED') AND s.next_try_at <= v_now
    AND (s.lease_until IS NULL OR s.lease_until <= v_now)
  ORDER BY s.next_try_at, s.id LIMIT 1;
  IF NOT FOUND THEN
    RETURN;
  END IF;

  RETURN QUERY
  WITH due AS MATERIALIZED (
    SELECT s.id, s.next_try_at, s.retry_count >= 2 AS suspect, s.processing_status = 'PROCESSING' AS lost
    FROM transaction_stream s
    WHERE s.processing_status IN ('PENDING', 'PROCESSING', 'FAILED') AND s.next_try_at <= v_now
      AND (s.lease_until IS NULL OR s.lease_until <= v_now)
    ORDER BY s.next_try_at, s.id LIMIT CASE WHEN v_suspect THEN 1 ELSE p_most END
    FOR UPDATE SKIP LOCKED
  ), block AS MATERIALIZED (
    -- Up to the first suspect, which may itself be the first.
    SELECT o.id, o.next_try_at, o.lost FROM (
      SELECT d.*, row_number() OVER w AS place, bool_or(d.suspect) OVER w AS suspected
      FROM due d WINDOW w AS (ORDER BY d.next_try_at, d.id)) o
    WHERE o.place = 1 OR NOT o.suspected
  ), taken AS (
    UPDATE transaction_stream s
    SET lease_epoch = s.lease_epoch + 1, retry_count = s.retry_count + b.lost::integer,
        processing_status = CASE WHEN b.lost AND s.retry_count + 1 >= p_max_tries THEN 'DEAD' ELSE 'PROCESSING' END,
        lease_until = CASE WHEN b.lost AND s.retry_count + 1 >= p_max_tries THEN NULL
                           ELSE clock_timestamp() + p_lease_ms * interval '1 millisecond' END,
        leased_by = CASE WHEN b.lost AND s.retry_count + 1 >= p_max_tries THEN NULL ELSE p_worker END,
        error_code = CASE WHEN b.lost THEN 'worker_lost' ELSE s.error_code END,
        error_message = CASE WHEN b.lost THEN format('%s did not finish it', s.leased_by) ELSE s.error_message END,
        next_try_at = CASE WHEN NOT b.lost OR s.retry_count + 1 < p_max_tries THEN s.next_try_at END,
        processed_at = CASE WHEN b.lost AND s.retry_count + 1 >= p_max_tries THEN clock_timestamp() END
    FROM block b WHERE s.id = b.id
    RETURNING s.id, s.lease_epoch, s.raw_data, s.payload_hash, s.retry_count, b.lost, s.processing_status = 'DEAD' AS dead,
      b.next_try_at
  )
  SELECT t.id, t.lease_epoch, t.raw_data, t.payload_hash::text, t.retry_count, t.lost, t.dead
  FROM taken t ORDER BY t.next_try_at, t.id;
END
$$;

-- Is this worker still at work on its claims (`id`, `epoch`)? Prolongs the leases of those it still holds and answers how
-- many. A row that is just being recorded is locked, so that nobody else can take it either.
CREATE OR REPLACE FUNCTION renew_claims(p_worker text, p_lease_ms integer, p_claims jsonb)
RETURNS integer
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = public, pg_temp
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET jit = off
AS $$
  WITH held AS MATERIALIZED (
    SELECT s.id FROM jsonb_to_recordset(p_claims) AS c(id bigint, epoch integer)
    JOIN transaction_stream s ON s.id = c.id AND s.lease_epoch = c.epoch
    WHERE s.processing_status = 'PROCESSING' AND s.leased_by = p_worker
    ORDER BY s.id FOR UPDATE OF s SKIP LOCKED
  ), renewed AS (
    UPDATE transaction_stream s SET lease_until = clock_timestamp() + p_lease_ms * interval '1 millisecond'
    FROM held h WHERE s.id = h.id RETURNING s.id
  )
  SELECT count(*)::integer FROM renewed;
$$;

-- What becomes of claims that were not decided? Each (`id`, `epoch`) is `FAILED` and due again in `wait_ms`, `DEAD`, or
-- `RELEASED`: as it was before it was claimed. The epoch moves on, so that a decision still under way is refused.
-- Answers the ids that were still held.
CREATE OR REPLACE FUNCTION settle_claims(p_claims jsonb)
RETURNS SETOF bigint
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = public, pg_temp
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET jit = off
AS $$
  WITH held AS MATERIALIZED (
    SELECT s.id, c.verdict, c.code, c.message, c.wait_ms
    FROM jsonb_to_recordset(p_claims) AS c(id bigint, epoch integer, verdict text, code text, message text, wait_ms integer)
    JOIN transaction_stream s ON s.id = c.id AND s.lease_epoch = c.epoch
    WHERE s.processing_status = 'PROCESSING'
    ORDER BY s.id FOR UPDATE OF s
  )
  UPDATE transaction_stream s
  SET processing_status = CASE WHEN h.verdict <> 'RELEASED' THEN h.verdict
                               WHEN s.retry_count = 0 THEN 'PENDING' ELSE 'FAILED' END,
      retry_count = s.retry_count + (h.verdict <> 'RELEASED')::integer,
      error_code = coalesce(h.code, s.error_code), error_message = coalesce(h.message, s.error_message),
      next_try_at = CASE h.verdict WHEN 'FAILED' THEN clock_timestamp() + h.wait_ms * interval '1 millisecond'
                                   WHEN 'DEAD' THEN NULL ELSE s.next_try_at END,
      processed_at = CASE h.verdict WHEN 'DEAD' THEN clock_timestamp() END,
      lease_epoch = s.lease_epoch + 1, lease_until = NULL, leased_by = NULL
  FROM held h WHERE s.id = h.id
  RETURNING s.id;
$$;

REVOKE ALL ON FUNCTION queue_payments(jsonb) FROM PUBLIC;
REVOKE ALL ON FUNCTION claim_payments(text, integer, integer, integer) FROM PUBLIC;
REVOKE ALL ON FUNCTION renew_claims(text, integer, jsonb) FROM PUBLIC;
REVOKE ALL ON FUNCTION settle_claims(jsonb) FROM PUBLIC;
