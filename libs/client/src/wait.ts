import { isRunOver, type Run } from "@rivergen/contracts";
import { retry } from "@rivergen/pipeline";
import type { RiverGenClient } from "./client.ts";

export interface WaitOptions {
  /** Stops waiting (the run goes on); its reason is thrown. */
  readonly signal?: AbortSignal;
  /** Told the run whenever something happened to it, the end included. */
  readonly onUpdate?: (run: Run) => void;
}

/** Tries before an absent platform counts as gone: about a minute. */
const patience = 18;

/**
 * Waits for the end of a run by long polling: needs nothing but `fetch`, and outlives restarts of the platform.
 * @throws RUN_NOT_FOUND, SERVICE_UNAVAILABLE after a minute without the platform, what the platform refuses, the signal's reason
 */
export async function waitForRun(client: RiverGenClient, run: string, { signal, onUpdate }: WaitOptions = {}): Promise<Run> {
  const options = signal ? { signal } : {};
  const persistent = <T>(work: () => Promise<T>): Promise<T> => retry(work, { attempts: patience, baseMs: 200, capMs: 5_000, ...options });
  const channels = `run:${run}`;
  let after: number | undefined;
  for (;;) {
    // The place in the log is taken before the run is read: what happens in between is heard.
    const known = after ?? (await persistent(() => client.listRunEvents({ params: { run }, query: { limit: 1_000 } }, options))).lastSeq;
    const state = await persistent(() => client.getRun({ params: { run } }, options));
    onUpdate?.(state);
    if (isRunOver(state.status)) return state;
    after = (await persistent(() => client.listEvents({ query: { channels, after: known, waitMs: 20_000 } }, options))).lastSeq;
  }
}
