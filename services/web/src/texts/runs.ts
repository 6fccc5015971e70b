import type { RunStatus } from "@rivergen/contracts";

/** The list of runs, and what every view of a run says alike. */
export const runs = {
  title: "Runs",
  status: {
    queued: "Waiting",
    running: "Running",
    waiting: "Waiting",
    succeeded: "Succeeded",
    partly_succeeded: "Partly succeeded",
    failed: "Failed",
    cancelled: "Cancelled",
  } satisfies Record<RunStatus, string>,
  filter: { river: "River", status: "Status", any: "Any status", allRivers: "All rivers", clear: "Show all" },
  columns: { river: "River", status: "Status", started: "Asked for", duration: "Took", rows: "Rows written", price: "Metered", quote: "Quoted" },
  version: (version: number): string => `version ${version}`,
  attempt: (attempt: number): string => `attempt ${attempt}`,
  soFar: (time: string): string => `${time} so far`,
  draft: "draft",
  empty: "Nothing has run yet",
  emptyText: "Ask a question, or run a river: every run stays here with its plan, its result and its price.",
  emptyFiltered: "No run matches",
  emptyFilteredText: "Other rivers or states have runs.",
  ask: "Ask a question",
} as const;
