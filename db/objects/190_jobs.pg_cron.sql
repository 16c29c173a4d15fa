-- as: bootstrap
-- Which jobs does pg_cron run? Where it has them the worker's scheduler leaves them alone.
SELECT cron.schedule('refresh-fraud-dashboard', '*/5 * * * *', 'SELECT public.refresh_fraud_dashboard();');
SELECT cron.schedule('ensure-partitions', '17 * * * *', 'SELECT public.run_ensure_partitions();');
SELECT cron.schedule('archive-old-transactions', '37 * * * *', 'SELECT public.archive_old_transactions();');
