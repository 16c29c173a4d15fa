CREATE TABLE "model_drift" (
	"model_name" varchar(100) NOT NULL,
	"model_version" varchar(20) NOT NULL,
	"day" date NOT NULL,
	"feature" varchar(100) NOT NULL,
	"psi" real,
	"payments" integer NOT NULL,
	"counts" integer[] NOT NULL,
	CONSTRAINT "model_drift_model_name_model_version_day_feature_pk" PRIMARY KEY("model_name","model_version","day","feature")
);
--> statement-breakpoint
CREATE TABLE "model_references" (
	"model_name" varchar(100) NOT NULL,
	"model_version" varchar(20) NOT NULL,
	"promoted_at" timestamp with time zone,
	"from_at" timestamp with time zone,
	"to_at" timestamp with time zone,
	"payments" integer DEFAULT 0 NOT NULL,
	"distributions" jsonb DEFAULT '{}'::jsonb NOT NULL,
	CONSTRAINT "model_references_model_name_model_version_pk" PRIMARY KEY("model_name","model_version")
);
--> statement-breakpoint
ALTER TABLE "ml_model_performance" ADD COLUMN "source" varchar(10) DEFAULT 'training' NOT NULL;--> statement-breakpoint
CREATE INDEX "model_drift_day_idx" ON "model_drift" USING btree ("day");--> statement-breakpoint
ALTER TABLE "ml_model_performance" ADD CONSTRAINT "ml_model_performance_source_check" CHECK (source IN ('training','live'));