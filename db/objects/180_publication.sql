-- What do analytics servers subscribe to? The plan's tables, each partitioned one under its parent's name.
-- Altered, not made anew: a subscriber that follows it must always find it.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_publication WHERE pubname = 'fraud_analytics') THEN
    CREATE PUBLICATION fraud_analytics;
  END IF;
  ALTER PUBLICATION fraud_analytics SET TABLE transactions, users, merchants, ml_features, fraud_patterns;
  ALTER PUBLICATION fraud_analytics SET (publish_via_partition_root = true);
EXCEPTION WHEN insufficient_privilege THEN
  RAISE NOTICE 'no right to create a publication in this database';
END $$;
