-- Shall a slot that nobody reads stop keeping the log? The only way to: it drops no slot but the one that was looked at, as long as
-- it stands where it stood, and none that is being read. vigil_owner may replicate for this alone, and cannot sign in.
CREATE OR REPLACE FUNCTION drop_unread_slot(p_slot text, p_restart_lsn pg_lsn, p_confirmed_lsn pg_lsn)
RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_slot record;
  v_facts jsonb;
  v_refusal text;
BEGIN
  SELECT * INTO v_slot FROM pg_replication_slots WHERE slot_name = p_slot;
  IF NOT FOUND THEN
    RETURN jsonb_build_object('outcome', 'gone', 'reason', 'dropped');
  END IF;
  v_facts := jsonb_build_object(
    'type', v_slot.slot_type, 'plugin', v_slot.plugin, 'database', v_slot.database, 'active', v_slot.active,
    'restartLsn', v_slot.restart_lsn, 'confirmedLsn', v_slot.confirmed_flush_lsn, 'walStatus', v_slot.wal_status,
    'keptBytes', pg_wal_lsn_diff(pg_current_wal_lsn(), v_slot.restart_lsn));
  v_refusal := CASE
    WHEN v_slot.active THEN 'active'
    WHEN v_slot.database <> current_database() THEN 'other_database'
  END;
  IF v_refusal IS NOT NULL THEN
    RETURN jsonb_build_object('outcome', 'refused', 'reason', v_refusal, 'slot', v_facts);
  END IF;
  IF v_slot.restart_lsn IS DISTINCT FROM p_restart_lsn OR v_slot.confirmed_flush_lsn IS DISTINCT FROM p_confirmed_lsn THEN
    RETURN jsonb_build_object('outcome', 'gone', 'reason', 'moved_on', 'slot', v_facts);
  END IF;
  BEGIN
    -- Refuses by itself where somebody has begun to read it since.
    PERFORM pg_drop_replication_slot(p_slot);
  EXCEPTION
    WHEN object_in_use THEN
      RETURN jsonb_build_object('outcome', 'refused', 'reason', 'active', 'slot', v_facts);
    WHEN undefined_object THEN
      RETURN jsonb_build_object('outcome', 'gone', 'reason', 'dropped', 'slot', v_facts);
    WHEN insufficient_privilege THEN
      RETURN jsonb_build_object('outcome', 'refused', 'reason', 'not_granted', 'slot', v_facts);
  END;
  RETURN jsonb_build_object('outcome', 'done', 'slot', v_facts);
END $$;

REVOKE ALL ON FUNCTION drop_unread_slot(text, pg_lsn, pg_lsn) FROM PUBLIC;
