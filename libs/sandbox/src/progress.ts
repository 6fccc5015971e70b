import type { JobContext } from "./jobs/job.ts";

const POLL_MS = 250;

/** Nothing is done before it is done. */
const HIGHEST = 0.99;

/**
 * Reports how far the running statement is, about four times a second, until stopped. Both figures are the engine's own
 * and never fall back; the fraction is null where the engine does not know it, as in the middle of some joins.
 */
export function watchProgress({ connection, progress }: Pick<JobContext, "connection" | "progress">): { stop(): void } {
  let highest = 0;
  let mostRows = 0;
  const timer = setInterval(() => {
    const { percentage, rows_processed: rowsProcessed } = connection.progress;
    highest = Math.max(highest, Math.min(percentage / 100, HIGHEST));
    mostRows = Math.max(mostRows, Number(rowsProcessed));
    progress(highest > 0 ? highest : null, mostRows);
  }, POLL_MS);
  return { stop: () => clearInterval(timer) };
}
