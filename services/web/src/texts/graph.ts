/** Graphs of plans, runs and lineage. */
export const graph = {
  kinds: { read: "Table", filter: "Filter", join: "Join", aggregate: "Aggregate", shape: "Columns", order: "Order" },
  status: {
    pending: "waits",
    running: "runs",
    succeeded: "done",
    failed: "failed",
    skipped: "not done",
    cancelled: "stopped",
    reused: "kept from before",
  },
  after: (names: string): string => `after ${names}`,
  more: (count: number): string => `and ${count} more`,
  aria: {
    "node.a11yDescription.default": "Press Enter to select this step, Escape to let it go.",
    "controls.ariaLabel": "Zoom",
    "controls.zoomIn.ariaLabel": "Zoom in",
    "controls.zoomOut.ariaLabel": "Zoom out",
    "controls.fitView.ariaLabel": "Show all of it",
  },
} as const;
