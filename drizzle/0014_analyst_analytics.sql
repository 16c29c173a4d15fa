CREATE TABLE "analyst_analytics" (
	"date" date NOT NULL,
	"user_id" varchar(100) NOT NULL,
	"decided_count" integer NOT NULL,
	"fraud_count" integer NOT NULL,
	"in_time_count" integer NOT NULL,
	"took" smallint[] NOT NULL,
	"alerts" integer[] NOT NULL,
	CONSTRAINT "analyst_analytics_date_user_id_pk" PRIMARY KEY("date","user_id")
);
--> statement-breakpoint
-- Each day of a verdict there was, for the next run of daily-reports.
INSERT INTO "touched_days" ("day") SELECT DISTINCT ("decided_at" AT TIME ZONE 'UTC')::date FROM "fraud_alerts" WHERE "status" = 'decided' AND "decided_at" IS NOT NULL;
