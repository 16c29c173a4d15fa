ALTER TABLE "transaction_stream" DROP CONSTRAINT "transaction_stream_status_check";--> statement-breakpoint
ALTER TABLE "transaction_stream" ALTER COLUMN "next_try_at" SET DEFAULT now();--> statement-breakpoint
ALTER TABLE "transaction_stream" ADD COLUMN "error_code" varchar(40);--> statement-breakpoint
ALTER TABLE "transaction_stream" ADD COLUMN "discard_reason" varchar(500);--> statement-breakpoint
CREATE INDEX "transaction_stream_failed_idx" ON "transaction_stream" USING btree ("id") WHERE processing_status = 'FAILED';--> statement-breakpoint
CREATE INDEX "transaction_stream_dead_code_idx" ON "transaction_stream" USING btree ("error_code","id") WHERE processing_status = 'DEAD';--> statement-breakpoint
CREATE INDEX "transaction_stream_discarded_idx" ON "transaction_stream" USING btree ("id") WHERE processing_status = 'DISCARDED';--> statement-breakpoint
UPDATE "transaction_stream" SET "next_try_at" = "received_at" WHERE processing_status IN ('PENDING','PROCESSING','FAILED') AND "next_try_at" IS NULL;--> statement-breakpoint
ALTER TABLE "transaction_stream" ADD CONSTRAINT "transaction_stream_open_check" CHECK (processing_status NOT IN ('PENDING','PROCESSING','FAILED') OR next_try_at IS NOT NULL);--> statement-breakpoint
ALTER TABLE "transaction_stream" ADD CONSTRAINT "transaction_stream_discard_check" CHECK ((processing_status = 'DISCARDED') = (discard_reason IS NOT NULL));--> statement-breakpoint
ALTER TABLE "transaction_stream" ADD CONSTRAINT "transaction_stream_status_check" CHECK (processing_status IN ('PENDING','PROCESSING','DONE','FAILED','DEAD','DISCARDED'));