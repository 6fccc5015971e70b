import type { EventPage } from "@rivergen/contracts";
import type { LogAccess } from "../log/access.ts";
import { readStretch, toSelection } from "../log/read.ts";
import type { Listeners, Listening } from "./listeners.ts";
import { waitBeyond } from "./wait.ts";

export interface PollDependencies {
  readonly listeners: Listeners;
  readonly access: LogAccess;
  readonly now: () => number;
}

/** Entries after a number; waits for the first one where there is none yet. @throws RUN_NOT_FOUND, DATASET_NOT_FOUND, OVERLOADED */
export async function pollEvents({ listeners, access, now }: PollDependencies, listening: Listening, waitMs: number, limit: number): Promise<EventPage> {
  const { caller, channels, signal } = listening;
  const feed = await listeners.open(listening);
  const deadline = now() + waitMs;
  let position = listening.after;
  try {
    for (;;) {
      while (position < feed.head) {
        const stretch = await readStretch(feed, (request) => access.read(caller, request), { after: position, channels: toSelection(channels), limit });
        position = stretch.position;
        if (stretch.events.length > 0) return { items: [...stretch.events], lastSeq: position };
      }
      const left = deadline - now();
      if (left <= 0 || signal.aborted) return { items: [], lastSeq: position };
      await waitBeyond(feed, position, left, signal);
    }
  } finally {
    listeners.close(feed);
  }
}
