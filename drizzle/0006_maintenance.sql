ALTER TABLE "maintenance_requests" DROP CONSTRAINT "maintenance_requests_status_check";--> statement-breakpoint
ALTER TABLE "maintenance_requests" ADD COLUMN "reason" text;--> statement-breakpoint
ALTER TABLE "maintenance_requests" ADD COLUMN "taken_by" varchar(100);--> statement-breakpoint
ALTER TABLE "maintenance_requests" ADD COLUMN "attempts" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "maintenance_requests" ADD COLUMN "progress" jsonb;--> statement-breakpoint
ALTER TABLE "maintenance_requests" ADD COLUMN "cancel_requested_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "maintenance_requests" ADD CONSTRAINT "maintenance_requests_status_check" CHECK (status IN ('waiting','running','ok','failed','cancelled'));