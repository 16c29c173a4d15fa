-- What did a pass of checks find? A check that says something else than before says so since p_at; one that is no longer
-- known is forgotten. Answers what changed.
CREATE OR REPLACE FUNCTION keep_health_checks(p_found jsonb, p_known text[], p_at timestamptz)
RETURNS TABLE (name text, from_status text, to_status text) LANGUAGE sql VOLATILE AS $$
  WITH found AS MATERIALIZED (
    SELECT f.* FROM jsonb_to_recordset(p_found) AS f(name text, status text, value double precision, result jsonb,
      group_name text, group_ms double precision)
  ), gone AS (
    DELETE FROM health_checks h WHERE h.name <> ALL (p_known)
  ), before AS (
    SELECT h.name, h.status FROM health_checks h
  ), kept AS (
    INSERT INTO health_checks AS h (name, status, since, value, last_good_at, last_good_value, checked_at, result,
      group_name, group_ms)
    SELECT f.name, f.status, p_at, f.value, CASE f.status WHEN 'ok' THEN p_at END, CASE f.status WHEN 'ok' THEN f.value END,
      p_at, f.result, f.group_name, f.group_ms
    FROM found f ORDER BY f.name
    ON CONFLICT (name) DO UPDATE SET status = excluded.status, value = excluded.value, checked_at = excluded.checked_at,
      since = CASE WHEN h.status = excluded.status THEN h.since ELSE excluded.since END,
      previous_status = CASE WHEN h.status = excluded.status THEN h.previous_status ELSE h.status END,
      last_good_at = coalesce(excluded.last_good_at, h.last_good_at),
      last_good_value = CASE excluded.status WHEN 'ok' THEN excluded.value ELSE h.last_good_value END,
      result = excluded.result, group_name = excluded.group_name, group_ms = excluded.group_ms
    -- Two passes may cross: the later word stands.
    WHERE h.checked_at <= excluded.checked_at
    RETURNING h.name, h.status
  )
  SELECT k.name::text, b.status::text, k.status::text FROM kept k LEFT JOIN before b USING (name)
  WHERE b.status IS DISTINCT FROM k.status;
$$;
