CREATE TABLE "health_checks" (
	"name" varchar(60) PRIMARY KEY NOT NULL,
	"status" varchar(10) NOT NULL,
	"since" timestamp with time zone NOT NULL,
	"previous_status" varchar(10),
	"value" double precision,
	"last_good_at" timestamp with time zone,
	"last_good_value" double precision,
	"checked_at" timestamp with time zone NOT NULL,
	"result" jsonb NOT NULL,
	"group_name" varchar(40) NOT NULL,
	"group_ms" double precision NOT NULL,
	CONSTRAINT "health_checks_status_check" CHECK (status IN ('ok','warning','critical','skipped','too_little'))
);
--> statement-breakpoint
ALTER TABLE "query_stats" ADD COLUMN "temp_blocks_written" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "query_stats" ADD COLUMN "io_time_ms" double precision DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "query_texts" ADD COLUMN "temp_blocks_written" bigint;--> statement-breakpoint
ALTER TABLE "query_texts" ADD COLUMN "io_time_ms" double precision;