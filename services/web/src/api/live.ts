import type { Subscription } from "@rivergen/client/web";
import type { Event } from "@rivergen/contracts";
import type { QueryClient } from "@tanstack/react-query";
import { applyEvent } from "./apply-event.ts";
import type { Session } from "./session.ts";

/** `waiting` before the first connection, `interrupted` while it is being made again. */
export type ConnectionState = "waiting" | "connected" | "interrupted";

export interface LiveState {
  readonly connection: ConnectionState;
  /** What happened since the page was opened, newest first, progress left out; at most 200. */
  readonly events: readonly Event[];
  readonly unread: number;
}

/** The workspace's log as it grows: keeps queries fresh and feeds the inbox. */
export interface Live {
  readonly state: LiveState;
  markRead(): void;
  listen(listener: () => void): () => void;
  /** Told every event as it comes; for toasts. */
  onEvent(listener: (event: Event) => void): () => void;
}

const keptEvents = 200;
const silent: LiveState = { connection: "waiting", events: [], unread: 0 };

/** Follows the workspace of the session, whichever it is; begins anew when it changes. */
export function followWorkspace(session: Session, queries: QueryClient): Live {
  const changes = createListeners<LiveState>();
  const happened = createListeners<Event>();
  let state = silent;
  let followed = "";
  let subscription: Subscription | undefined;

  const set = (change: Partial<LiveState>): void => {
    state = { ...state, ...change };
    changes.tell(state);
  };
  const take = (event: Event): void => {
    applyEvent(queries, event);
    happened.tell(event);
    if (isNews(event)) set({ events: [event, ...state.events].slice(0, keptEvents), unread: state.unread + 1 });
  };
  const follow = (): void => {
    const caller = session.current ? `${session.current.token} ${session.current.workspaceId}` : "";
    if (caller === followed) return;
    followed = caller;
    subscription?.close();
    subscription = undefined;
    queries.clear();
    set(silent);
    if (caller !== "") void read(caller, undefined);
  };
  const hear = (connection: "connected" | "interrupted"): void => {
    // What happened while nothing was heard is not told again: everything shown is read anew.
    if (connection === "connected" && state.connection === "interrupted") void queries.invalidateQueries();
    if (connection === "connected" && state.connection === "waiting") readAgain(queries);
    set({ connection });
  };
  const read = async (caller: string, after: number | undefined): Promise<void> => {
    let own: Subscription | undefined;
    try {
      // Loaded beside the first page, not before it; the platform may be away already then.
      const { subscribe } = await import("@rivergen/client/live");
      if (caller !== followed) return;
      own = subscribe(session.api, { ...(after === undefined ? {} : { after }), onConnection: (connection) => caller === followed && hear(connection) });
      subscription = own;
      for await (const event of own) take(event);
    } catch (error) {
      if (caller !== followed) return;
      set({ connection: "interrupted" });
      // A refusal is final: the session is over. Anything else is tried again.
      if ((error as { code?: string }).code === "UNAUTHENTICATED") return session.forget();
      await new Promise((resolve) => setTimeout(resolve, 2_000));
      if (caller === followed) await read(caller, own?.last ?? after);
    }
  };
  session.listen(follow);
  follow();
  return {
    get state() {
      return state;
    },
    markRead: () => set({ unread: 0 }),
    listen: changes.add,
    onEvent: happened.add,
  };
}

/** What was asked for so far is read anew behind its first answer, which nobody is made to wait for. */
function readAgain(queries: QueryClient): void {
  for (const { queryKey, promise } of queries.getQueryCache().getAll())
    void Promise.allSettled([promise]).then(() => queries.invalidateQueries({ queryKey, exact: true }));
}

/** Those who are told of something until they leave. */
function createListeners<T>() {
  const listeners = new Set<(value: T) => void>();
  return {
    tell: (value: T): void => {
      for (const listener of listeners) listener(value);
    },
    add: (listener: (value: T) => void): (() => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** Steps and usage are seen at their run; the inbox tells of things. */
const isNews = ({ type }: Event): boolean => !type.startsWith("run.step.") && type !== "usage.recorded" && type !== "run.started";
