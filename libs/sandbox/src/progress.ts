import type { JobContext } from "./jobs/job.ts";

const POLL_MS = 250;

/**
 * Reports how far the running statement is, about four times a second, until stopped. The engine's own figure is
 * passed on only while it rises: a fraction that falls back or is not known is null.
 */
export function watchProgress({ connection, progress }: Pick<JobContext, "connection" | "progress">): { stop(): void } {
  let highest = 0;
  const timer = setInterval(() => {
    const { percentage, rows_processed: rowsProcessed } = connection.progress;
    const fraction = percentage > 0 && percentage <= 100 ? percentage / 100 : null;
    if (fraction !== null && fraction < highest) return;
    highest = fraction ?? highest;
    progress(fraction === null || fraction >= 1 ? null : fraction, Number(rowsProcessed));
  }, POLL_MS);
  return { stop: () => clearInterval(timer) };
}
