import { createClientOf, type RiverGenClient } from "@rivergen/client/web";
import type { WorkspaceRef } from "@rivergen/contracts";
import { operations } from "virtual:operations";

/** Who is signed in, and in which workspace they work. */
export interface SignedIn {
  readonly token: string;
  readonly user: { readonly id: string; readonly email: string; readonly name: string };
  readonly workspaces: readonly WorkspaceRef[];
  readonly workspaceId: string;
}

/** The browser's session: kept over reloads and shared by the tabs of this browser. */
export interface Session {
  /** Undefined while nobody is signed in. */
  readonly current: SignedIn | undefined;
  /** A client that acts as the person who is signed in, in their workspace. */
  readonly api: RiverGenClient;
  signIn(answer: Omit<SignedIn, "workspaceId">): void;
  switchWorkspace(id: string): void;
  /** Takes over names and roles that changed on the server. */
  refresh(facts: Pick<SignedIn, "user" | "workspaces">): void;
  /** Forgets the session here; the server is told by whoever calls this. */
  forget(): void;
  /** Called after every change, also by another tab. */
  listen(listener: () => void): () => void;
}

const key = "rivergen.session";

/** Opens the session that `storage` holds, if any. `origin` is the gateway's address. */
export function openSession(storage: Storage, origin: string): Session {
  const listeners = new Set<() => void>();
  let current = read(storage);
  let api = connect(current);

  function connect(session: SignedIn | undefined): RiverGenClient {
    return createClientOf(operations, { url: origin, ...(session ? { token: session.token, workspaceId: session.workspaceId } : {}) });
  }
  function set(next: SignedIn | undefined, keep = true): void {
    const isSameCaller = next?.token === current?.token && next?.workspaceId === current?.workspaceId;
    current = next;
    if (!isSameCaller) api = connect(next);
    if (keep && next) storage.setItem(key, JSON.stringify(next));
    else if (keep) storage.removeItem(key);
    for (const listener of listeners) listener();
  }
  window.addEventListener("storage", (event) => {
    if (event.key === key || event.key === null) set(read(storage), false);
  });
  return {
    get current() {
      return current;
    },
    get api() {
      return api;
    },
    signIn: (answer) => set({ ...answer, workspaceId: answer.workspaces[0]?.id ?? "" }),
    switchWorkspace: (id) => {
      if (current?.workspaces.some((workspace) => workspace.id === id)) set({ ...current, workspaceId: id });
    },
    refresh: (facts) => {
      if (!current) return;
      const known = facts.workspaces.some(({ id }) => id === current?.workspaceId);
      set({ ...current, ...facts, workspaceId: known ? current.workspaceId : (facts.workspaces[0]?.id ?? "") });
    },
    forget: () => set(undefined),
    listen: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function read(storage: Storage): SignedIn | undefined {
  try {
    const kept = JSON.parse(storage.getItem(key) ?? "null") as Partial<SignedIn> | null;
    return kept?.token !== undefined && kept.user && Array.isArray(kept.workspaces) && kept.workspaceId !== undefined ? (kept as SignedIn) : undefined;
  } catch {
    return undefined;
  }
}
