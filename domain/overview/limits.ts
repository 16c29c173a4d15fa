/** What the product promises of a payment's way; the pipeline strip marks what is beyond. */
export const pipelineLimits = { waiting: 500, scoredMs: 50, answeredMs: 100 } as const;
