import type { LoggedEvent } from "@rivergen/contracts";

/** What this process knows of the log of one workspace, as long as somebody here listens to it. */
export interface Feed {
  /** Highest number known to be in the log. */
  readonly head: number;
  /** The entries after a number up to `head`, where all of them are at hand; undefined where the log must be read. */
  recent(after: number): readonly LoggedEvent[] | undefined;
  /** Notes that the log reaches so far. */
  advance(seq: number): void;
  /** Calls when `head` grows, once per turn of the event loop. Gives the end of it. */
  listen(listener: () => void): () => void;
  /** Ends this use of the feed. */
  release(): void;
}

export interface Feeds {
  /** The feed of a workspace, made where there is none. Open it before asking where the log stands: nothing is missed then. */
  open(workspaceId: string): Feed;
  isOpen(workspaceId: string): boolean;
  /** Takes an entry that was broadcast; entries of workspaces nobody listens to are dropped. */
  accept(workspaceId: string, entry: LoggedEvent): void;
}

type Shared = ReturnType<typeof createShared>;

/** Keeps at most `remembered` newest entries of each workspace; whoever is further behind reads the log. */
export function createFeeds(remembered = 1_000): Feeds {
  const open = new Map<string, { shared: Shared; uses: number }>();

  return {
    isOpen: (workspaceId) => open.has(workspaceId),
    accept: (workspaceId, entry) => open.get(workspaceId)?.shared.accept(entry),
    open(workspaceId) {
      const kept = open.get(workspaceId) ?? { shared: createShared(remembered), uses: 0 };
      kept.uses += 1;
      open.set(workspaceId, kept);
      let isReleased = false;
      const release = (): void => {
        if (isReleased) return;
        isReleased = true;
        kept.uses -= 1;
        if (kept.uses === 0) open.delete(workspaceId);
      };
      const { shared } = kept;
      return {
        get head() {
          return shared.head();
        },
        recent: shared.recent,
        advance: shared.advance,
        listen: shared.listen,
        release,
      };
    },
  };
}

function createShared(remembered: number) {
  const listeners = new Set<() => void>();
  /** Entries without gaps between them; ends at `head` unless the log is known to reach further. */
  let entries: LoggedEvent[] = [];
  let head = 0;
  let isTelling = false;

  function tell(): void {
    if (isTelling) return;
    isTelling = true;
    // A burst is one turn: everybody gets all of it at once.
    setImmediate(() => {
      isTelling = false;
      for (const listener of listeners) listener();
    });
  }

  function advance(seq: number): void {
    if (seq <= head) return;
    head = seq;
    tell();
  }

  return {
    head: () => head,
    advance,
    accept(entry: LoggedEvent): void {
      const last = entries.at(-1)?.event.seq;
      const { seq } = entry.event;
      if (last !== undefined && seq <= last) return;
      if (last !== undefined && seq === last + 1) entries.push(entry);
      else entries = [entry];
      // Cut in strides: moving the array for each entry would cost more than the entry.
      if (entries.length > remembered * 2) entries = entries.slice(-remembered);
      advance(seq);
    },
    recent(after: number): readonly LoggedEvent[] | undefined {
      if (after >= head) return [];
      const first = entries[0]?.event.seq;
      const isWhole = first !== undefined && first <= after + 1 && entries.at(-1)?.event.seq === head;
      return isWhole ? entries.slice(after + 1 - first) : undefined;
    },
    listen(listener: () => void): () => void {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
