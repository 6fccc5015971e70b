// Apart from the contracts that use it: a web page takes this without their parser.

/** What a run can be. */
export const runStatuses = ["queued", "running", "waiting", "succeeded", "partly_succeeded", "failed", "cancelled"] as const;

/** Whether a run in this state changes no more by itself. */
export const isRunOver = (status: (typeof runStatuses)[number]): boolean =>
  status === "succeeded" || status === "partly_succeeded" || status === "failed" || status === "cancelled";
