-- Who copies the data elsewhere? One login for the streaming standby and for the subscriber of fraud_analytics.
-- Run once in fraud_detection by a superuser, after the first start: psql -d fraud_detection -f deploy/replication.sql, then
-- \password vigil_replicator in psql.
DO $$
BEGIN
  IF to_regrole('vigil_replicator') IS NULL THEN
    CREATE ROLE vigil_replicator LOGIN REPLICATION;
  END IF;
END $$;

-- What a subscriber copies when it begins; from then on it reads the log.
GRANT SELECT ON transactions, users, merchants, ml_features, fraud_patterns TO vigil_replicator;
