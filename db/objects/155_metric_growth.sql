-- By how much did totals of system_metrics grow between samples? Samples too far apart say nothing about the time
-- between them, and a total that went down began again from zero (a reset, a restart, another server).
CREATE OR REPLACE FUNCTION metric_growth(p_names text[], p_from timestamptz)
RETURNS TABLE (metric_name text, at timestamptz, seconds double precision, grown double precision)
LANGUAGE sql STABLE AS $$
  SELECT s.metric_name::text, s.timestamp, s.seconds,
    CASE WHEN s.value >= s.before THEN s.value - s.before ELSE s.value END
  FROM (SELECT m.metric_name, m.timestamp, m.metric_value::double precision AS value,
      lag(m.metric_value::double precision) OVER w AS before,
      extract(epoch FROM m.timestamp - lag(m.timestamp) OVER w)::double precision AS seconds
    FROM system_metrics m
    WHERE m.metric_name = ANY (p_names) AND m.timestamp >= p_from
    WINDOW w AS (PARTITION BY m.metric_name ORDER BY m.timestamp)) AS s
  WHERE s.before IS NOT NULL AND s.seconds > 0 AND s.seconds <= 600;
$$;
