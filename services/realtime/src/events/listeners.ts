import { AppError, type Caller } from "@rivergen/contracts";
import type { LogAccess } from "../log/access.ts";
import type { Feed, Feeds } from "../log/feeds.ts";

/** Who listens by request, to what, and from where on. */
export interface Listening {
  readonly caller: Caller;
  readonly channels: readonly string[];
  /** Events up to this number are known. */
  readonly after: number;
  readonly signal: AbortSignal;
}

export type Listeners = ReturnType<typeof createListeners>;

/** Polls and streams of this process: a bounded number at the same time. */
export function createListeners(feeds: Feeds, access: LogAccess, most: number) {
  let count = 0;

  function close(feed: Feed): void {
    count -= 1;
    feed.release();
  }

  /**
   * Opens the feed first and asks where the log stands then: nothing falls in between.
   * @throws OVERLOADED, RUN_NOT_FOUND, DATASET_NOT_FOUND
   */
  async function open({ caller, channels }: Listening): Promise<Feed> {
    if (count >= most) throw new AppError("OVERLOADED", { retryAfterSeconds: 5 });
    const feed = feeds.open(caller.workspaceId);
    count += 1;
    try {
      feed.advance(await access.authorize(caller, channels));
      return feed;
    } catch (error) {
      close(feed);
      throw error;
    }
  }

  return { open, close };
}
