ALTER TABLE "model_experiments" DROP CONSTRAINT "model_experiments_status_check";--> statement-breakpoint
ALTER TABLE "ml_features" ADD COLUMN "merchant_frauds_7d" integer;--> statement-breakpoint
ALTER TABLE "ml_features" ADD COLUMN "merchant_frauds_30d" integer;--> statement-breakpoint
ALTER TABLE "ml_model_performance" ADD COLUMN "log_loss" real;--> statement-breakpoint
ALTER TABLE "ml_model_performance" ADD COLUMN "intervals" jsonb;--> statement-breakpoint
ALTER TABLE "model_experiments" ADD COLUMN "progress" real DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "model_experiments" ADD COLUMN "message" varchar(500);--> statement-breakpoint
ALTER TABLE "model_experiments" ADD COLUMN "heartbeat_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "model_experiments" ADD COLUMN "ended_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "model_experiments" ADD COLUMN "model_name" varchar(100);--> statement-breakpoint
ALTER TABLE "model_experiments" ADD COLUMN "model_version" varchar(20);--> statement-breakpoint
CREATE INDEX "model_experiments_open_idx" ON "model_experiments" USING btree ("id") WHERE status IN ('WAITING','RUNNING');--> statement-breakpoint
ALTER TABLE "model_experiments" ADD CONSTRAINT "model_experiments_status_check" CHECK (status IN ('WAITING','RUNNING','DONE','FAILED','CANCELLED'));