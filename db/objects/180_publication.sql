-- What do analytics servers subscribe to? The plan's tables, each partitioned one under its parent's name.
DO $$
BEGIN
  DROP PUBLICATION IF EXISTS fraud_analytics;
  CREATE PUBLICATION fraud_analytics FOR TABLE transactions, users, merchants, ml_features, fraud_patterns
    WITH (publish_via_partition_root = true);
EXCEPTION WHEN insufficient_privilege THEN
  RAISE NOTICE 'no right to create a publication in this database';
END $$;
