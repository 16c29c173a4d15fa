CREATE TABLE "job_marks" (
	"job_name" varchar(100) PRIMARY KEY NOT NULL,
	"mark" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "job_pauses" (
	"job_name" varchar(100) PRIMARY KEY NOT NULL,
	"paused_by" varchar(100) NOT NULL,
	"reason" text NOT NULL,
	"paused_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "touched_days" (
	"day" date NOT NULL
);
--> statement-breakpoint
ALTER TABLE "job_runs" DROP CONSTRAINT "job_runs_status_check";--> statement-breakpoint
ALTER TABLE "system_metrics_daily" DROP CONSTRAINT "system_metrics_daily_metric_name_day_pk";--> statement-breakpoint
ALTER TABLE "job_runs" ADD COLUMN "cancelled_by" varchar(100);--> statement-breakpoint
ALTER TABLE "job_slots" ADD COLUMN "previous" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "merchant_analytics" ADD COLUMN "score_sum" numeric(15, 4) DEFAULT '0' NOT NULL;--> statement-breakpoint
ALTER TABLE "system_metrics_daily" ADD COLUMN "labels" jsonb DEFAULT '{}'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "system_metrics_daily" ADD CONSTRAINT "system_metrics_daily_metric_name_day_labels_pk" PRIMARY KEY("metric_name","day","labels");--> statement-breakpoint
CREATE INDEX "job_runs_open_idx" ON "job_runs" USING btree ("id") WHERE status IN ('waiting','running');--> statement-breakpoint
CREATE UNIQUE INDEX "job_runs_waiting_key" ON "job_runs" USING btree ("job_name") WHERE status = 'waiting';--> statement-breakpoint
ALTER TABLE "job_runs" ADD CONSTRAINT "job_runs_status_check" CHECK (status IN ('waiting','running','ok','failed','skipped','missed','lost'));--> statement-breakpoint
-- Daily figures begin with every day that has had payments.
INSERT INTO "touched_days" ("day") SELECT generate_series(min(d.first), max(d.last), interval '1 day')::date FROM (
  SELECT min(transaction_timestamp) AT TIME ZONE 'UTC' AS first, max(transaction_timestamp) AT TIME ZONE 'UTC' AS last FROM "transactions"
  UNION ALL SELECT min(transaction_timestamp) AT TIME ZONE 'UTC', max(transaction_timestamp) AT TIME ZONE 'UTC' FROM "transactions_archive") d;
