ALTER TABLE "model_ab_tests" DROP CONSTRAINT "model_ab_tests_split_check";--> statement-breakpoint
ALTER TABLE "model_ab_tests" ADD COLUMN "model_a_version" varchar(20) NOT NULL;--> statement-breakpoint
ALTER TABLE "model_ab_tests" ADD COLUMN "model_b_version" varchar(20) NOT NULL;--> statement-breakpoint
ALTER TABLE "model_ab_tests" ADD COLUMN "primary_measure" varchar(20) NOT NULL;--> statement-breakpoint
ALTER TABLE "model_ab_tests" ADD COLUMN "min_labelled" integer NOT NULL;--> statement-breakpoint
ALTER TABLE "model_ab_tests" ADD COLUMN "mature_days" integer;--> statement-breakpoint
ALTER TABLE "model_ab_tests" ADD COLUMN "created_by" varchar(100) NOT NULL;--> statement-breakpoint
ALTER TABLE "model_ab_tests" ADD COLUMN "ended_by" varchar(100);--> statement-breakpoint
ALTER TABLE "model_ab_tests" ADD COLUMN "end_reason" varchar(500);--> statement-breakpoint
ALTER TABLE "model_ab_tests" ADD COLUMN "winner" varchar(20);--> statement-breakpoint
ALTER TABLE "model_predictions" ADD COLUMN "ab_test_id" integer;--> statement-breakpoint
CREATE INDEX "model_predictions_ab_test_idx" ON "model_predictions" USING btree ("ab_test_id","transaction_timestamp") WHERE ab_test_id IS NOT NULL;--> statement-breakpoint
ALTER TABLE "model_ab_tests" ADD CONSTRAINT "model_ab_tests_measure_check" CHECK (primary_measure IN ('recall','precision','averagePrecision','aucRoc'));--> statement-breakpoint
ALTER TABLE "model_ab_tests" ADD CONSTRAINT "model_ab_tests_winner_check" CHECK (winner IN ('champion','challenger'));--> statement-breakpoint
ALTER TABLE "model_ab_tests" ADD CONSTRAINT "model_ab_tests_end_check" CHECK ((status = 'ACTIVE') = (end_date IS NULL));--> statement-breakpoint
ALTER TABLE "model_ab_tests" ADD CONSTRAINT "model_ab_tests_split_check" CHECK (traffic_split BETWEEN 0.01 AND 0.5);