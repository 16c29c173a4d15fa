-- How was each day of measurements? Means by metric and labels, kept when the hours are dropped.
-- A day that is computed again never loses samples: hours that went by hand take nothing from what was known.
CREATE OR REPLACE FUNCTION roll_up_metrics_day(p_day date) RETURNS integer
LANGUAGE plpgsql SET search_path = public, pg_temp SET timezone = 'UTC' AS $$
DECLARE
  v_from timestamptz := p_day;
  v_to timestamptz := p_day + 1;
  v_rows integer;
BEGIN
  INSERT INTO system_metrics_daily AS d (day, metric_name, labels, samples, mean_value, min_value, max_value)
  SELECT p_day, m.metric_name, coalesce(m.labels, '{}'), count(*), avg(m.metric_value), min(m.metric_value), max(m.metric_value)
  FROM system_metrics m WHERE m.timestamp >= v_from AND m.timestamp < v_to GROUP BY m.metric_name, coalesce(m.labels, '{}')
  ON CONFLICT (metric_name, day, labels) DO UPDATE
  SET samples = excluded.samples, mean_value = excluded.mean_value, min_value = excluded.min_value, max_value = excluded.max_value
  WHERE excluded.samples > d.samples;
  GET DIAGNOSTICS v_rows = ROW_COUNT;
  RETURN v_rows;
END $$;

-- Rolls up every closed day since the last one, and takes away days that have passed their own time.
CREATE OR REPLACE FUNCTION roll_up_metrics(OUT affected bigint, OUT detail jsonb)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET timezone = 'UTC' AS $$
DECLARE
  v_day date := (SELECT mark::date + 1 FROM job_marks WHERE job_name = 'roll-up-metrics');
  v_days integer := 0;
BEGIN
  affected := 0;
  v_day := coalesce(v_day, (SELECT min(timestamp)::date FROM system_metrics));
  WHILE v_day < current_date LOOP
    affected := affected + roll_up_metrics_day(v_day);
    v_days := v_days + 1;
    INSERT INTO job_marks (job_name, mark) VALUES ('roll-up-metrics', v_day)
      ON CONFLICT (job_name) DO UPDATE SET mark = excluded.mark;
    v_day := v_day + 1;
  END LOOP;
  DELETE FROM system_metrics_daily
    WHERE day < current_date - make_interval(months => retention_setting('retention.metrics_daily_months', 36));
  detail := jsonb_build_object('days', v_days);
END $$;

REVOKE ALL ON FUNCTION roll_up_metrics() FROM PUBLIC;
