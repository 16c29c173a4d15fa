-- What does each index of a table look like, names left out? Two with one shape can stand for each other: the one that a
-- partition has is attached to its table's instead of being built.
CREATE OR REPLACE FUNCTION index_shapes(p_table text)
RETURNS TABLE (index_name text, shape text, valid boolean) LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT c.relname::text, concat_ws(' ', c.relam, i.indisunique, i.indisprimary, i.indnkeyatts,
      (SELECT string_agg(coalesce(a.attname, '()'), ',' ORDER BY k.position)
        FROM unnest(i.indkey::smallint[]) WITH ORDINALITY k(number, position)
        LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number),
      i.indclass, i.indcollation, i.indoption,
      -- Where in its statement something stood does not make it another condition.
      regexp_replace(coalesce(i.indpred::text, ''), ':location -?\d+', '', 'g'),
      regexp_replace(coalesce(i.indexprs::text, ''), ':location -?\d+', '', 'g')),
    i.indisvalid AND i.indisready
  FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
  WHERE i.indrelid = to_regclass(format('public.%I', p_table))
$$;

REVOKE ALL ON FUNCTION index_shapes(text) FROM PUBLIC;
