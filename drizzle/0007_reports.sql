CREATE TABLE "rule_analytics" (
	"date" date NOT NULL,
	"rule_version_id" integer NOT NULL,
	"rule_id" integer NOT NULL,
	"hit_count" integer NOT NULL,
	"fraud_count" integer NOT NULL,
	"genuine_count" integer NOT NULL,
	"caught_amount" numeric(15, 2) NOT NULL,
	"stopped_amount" numeric(15, 2) NOT NULL,
	CONSTRAINT "rule_analytics_date_rule_version_id_pk" PRIMARY KEY("date","rule_version_id")
);
--> statement-breakpoint
CREATE INDEX "merchant_analytics_fraud_idx" ON "merchant_analytics" USING btree ("date","merchant_id","fraud_count") WHERE fraud_count > 0;--> statement-breakpoint
-- Days that were computed before there were figures of rules are computed once more, in the runs to come.
INSERT INTO "touched_days" ("day") SELECT "date" FROM "daily_metrics";
