-- Who did what? The only way to write audit_trail: the time is the server's, a row is never changed.
CREATE OR REPLACE FUNCTION append_audit(
  p_actor_type text, p_user_id text, p_actor_name text, p_action text, p_resource_type text, p_resource_id text,
  p_old_values jsonb, p_new_values jsonb, p_outcome text, p_reason text, p_ip_address inet, p_user_agent text,
  p_session_id text, p_request_id text
) RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  INSERT INTO audit_trail (actor_type, user_id, actor_name, action, resource_type, resource_id, old_values, new_values,
    outcome, reason, ip_address, user_agent, session_id, request_id, timestamp)
  VALUES (p_actor_type, p_user_id, p_actor_name, p_action, p_resource_type, p_resource_id, p_old_values, p_new_values,
    p_outcome, p_reason, p_ip_address, p_user_agent, p_session_id, p_request_id, clock_timestamp())
  RETURNING id;
$$;

REVOKE ALL ON FUNCTION append_audit(text, text, text, text, text, text, jsonb, jsonb, text, text, inet, text, text, text) FROM PUBLIC;
