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
DROP INDEX "merchant_analytics_fraud_idx";--> statement-breakpoint
ALTER TABLE "imports" ADD COLUMN "embedding_index" text;--> statement-breakpoint
CREATE INDEX "merchant_analytics_sums_idx" ON "merchant_analytics" USING btree ("merchant_id","date","transaction_count","transaction_amount","fraud_count","score_sum");--> statement-breakpoint
CREATE INDEX "merchant_analytics_trend_idx" ON "merchant_analytics" USING btree ("date","risk_score_trend" DESC NULLS FIRST,"merchant_id") WHERE risk_score_trend > 0;--> statement-breakpoint
CREATE INDEX "transactions_blocked_idx" ON "transactions" USING btree ("transaction_timestamp" DESC NULLS FIRST,"transaction_id" DESC NULLS FIRST) WHERE decision = 'BLOCK';--> statement-breakpoint
CREATE INDEX "merchant_analytics_fraud_idx" ON "merchant_analytics" USING btree ("date","merchant_id","fraud_count","transaction_count") WHERE fraud_count > 0;--> statement-breakpoint
-- Each day of a verdict there was, for the next run of daily-reports.
INSERT INTO "touched_days" ("day") SELECT DISTINCT ("decided_at" AT TIME ZONE 'UTC')::date FROM "fraud_alerts" WHERE "status" = 'decided' AND "decided_at" IS NOT NULL;
