-- as: bootstrap
-- Shall this session's query be cancelled, or the session end? The only way to: it acts as vigil_maintainer, and on nothing
-- but the session that was looked at. A pid alone may be another's by now, and its query another one.
CREATE OR REPLACE FUNCTION signal_session(
  p_signal text, p_pid integer, p_backend_start timestamptz, p_query_start timestamptz
) RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_session record;
  v_facts jsonb;
  v_refusal text;
  v_sent boolean;
  v_ended boolean;
BEGIN
  IF p_signal NOT IN ('cancel', 'terminate') THEN
    RAISE EXCEPTION 'no such signal: %', p_signal USING ERRCODE = '22023';
  END IF;
  -- A transaction reads pg_stat_activity once and then sees what it saw.
  PERFORM pg_stat_clear_snapshot();
  SELECT a.*, r.rolsuper AS is_superuser INTO v_session
  FROM pg_stat_activity a LEFT JOIN pg_roles r ON r.oid = a.usesysid
  WHERE a.pid = p_pid AND a.backend_start = p_backend_start;
  IF NOT FOUND THEN
    RETURN jsonb_build_object('outcome', 'gone', 'reason', 'ended');
  END IF;
  v_facts := jsonb_build_object(
    'role', v_session.usename, 'application', v_session.application_name, 'client', host(v_session.client_addr),
    'backendType', v_session.backend_type, 'state', v_session.state, 'query', v_session.query,
    'wait', v_session.wait_event_type || ': ' || v_session.wait_event,
    'transactionSeconds', round(extract(epoch FROM clock_timestamp() - v_session.xact_start)::numeric, 1));
  v_refusal := CASE
    WHEN v_session.pid = pg_backend_pid() THEN 'own'
    WHEN v_session.backend_type = 'walsender' THEN 'replication'
    WHEN v_session.backend_type IS DISTINCT FROM 'client backend' THEN 'background'
    WHEN v_session.datname IS DISTINCT FROM current_database() THEN 'other_database'
    WHEN v_session.is_superuser IS NOT FALSE THEN 'superuser'
  END;
  IF v_refusal IS NOT NULL THEN
    RETURN jsonb_build_object('outcome', 'refused', 'reason', v_refusal, 'session', v_facts);
  END IF;
  IF v_session.query_start IS DISTINCT FROM p_query_start THEN
    RETURN jsonb_build_object('outcome', 'gone', 'reason', 'moved_on', 'session', v_facts);
  END IF;
  -- A query that has ended keeps its query_start; cancelling then would hit nothing, or the next one.
  IF p_signal = 'cancel' AND v_session.state IS DISTINCT FROM 'active' THEN
    RETURN jsonb_build_object('outcome', 'gone', 'reason', 'finished', 'session', v_facts);
  END IF;
  BEGIN
    v_sent := CASE p_signal WHEN 'cancel' THEN pg_cancel_backend(p_pid) ELSE pg_terminate_backend(p_pid) END;
    IF NOT v_sent THEN
      RETURN jsonb_build_object('outcome', 'gone', 'reason', 'ended', 'session', v_facts);
    END IF;
  EXCEPTION WHEN insufficient_privilege THEN
    RETURN jsonb_build_object('outcome', 'refused', 'reason', 'not_granted', 'session', v_facts);
  END;
  -- The signal is only a request: look for up to two seconds whether it was heard.
  FOR v_try IN 1..40 LOOP
    PERFORM pg_stat_clear_snapshot();
    v_ended := NOT EXISTS (SELECT FROM pg_stat_activity a
      WHERE a.pid = p_pid AND a.backend_start = p_backend_start
        AND (p_signal = 'terminate' OR (a.query_start IS NOT DISTINCT FROM p_query_start AND a.state = 'active')));
    EXIT WHEN v_ended;
    PERFORM pg_sleep(0.05);
  END LOOP;
  RETURN jsonb_build_object('outcome', 'done', 'ended', v_ended, 'session', v_facts);
END $$;

REVOKE ALL ON FUNCTION signal_session(text, integer, timestamptz, timestamptz) FROM PUBLIC;

DO $$
BEGIN
  IF to_regrole('vigil_maintainer') IS NULL OR NOT pg_has_role('vigil_maintainer', 'MEMBER') THEN
    RETURN;
  END IF;
  GRANT EXECUTE ON FUNCTION signal_session(text, integer, timestamptz, timestamptz) TO vigil_web;
  ALTER FUNCTION signal_session(text, integer, timestamptz, timestamptz) OWNER TO vigil_maintainer;
END $$;
