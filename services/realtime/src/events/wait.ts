import type { Feed } from "../log/feeds.ts";

/** Resolves when the log reaches beyond a number, when the time is over, or when nobody waits any more. */
export function waitBeyond(feed: Feed, after: number, waitMs: number, signal: AbortSignal): Promise<void> {
  if (feed.head > after || waitMs <= 0 || signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      stopListening();
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, waitMs);
    const stopListening = feed.listen(() => {
      if (feed.head > after) done();
    });
    signal.addEventListener("abort", done, { once: true });
  });
}
