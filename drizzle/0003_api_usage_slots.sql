CREATE TABLE "api_usage_slots" (
	"slot_seconds" integer NOT NULL,
	"slot" timestamp with time zone NOT NULL,
	"endpoint" varchar(200) NOT NULL,
	"method" varchar(10) NOT NULL,
	"status_code" integer NOT NULL,
	"api_key_id" integer NOT NULL,
	"latency_ms" integer NOT NULL,
	"calls" bigint NOT NULL,
	"request_bytes" bigint NOT NULL,
	"response_bytes" bigint NOT NULL,
	CONSTRAINT "api_usage_slots_pkey" PRIMARY KEY("slot_seconds","slot","endpoint","method","status_code","api_key_id","latency_ms"),
	CONSTRAINT "api_usage_slots_seconds_check" CHECK (slot_seconds IN (300, 3600))
) WITH (fillfactor = 70);
