import type { RiverGenClient } from "@rivergen/client/web";
import { createContext, type ReactNode, useContext, useSyncExternalStore } from "react";
import type { Live, LiveState } from "./live.ts";
import type { Session, SignedIn } from "./session.ts";
import type { Upload, Uploads } from "./uploads.ts";

interface Connections {
  readonly session: Session;
  readonly live: Live;
  readonly uploads: Uploads;
}
const Connected = createContext<Connections | undefined>(undefined);

export function ConnectionsProvider({ value, children }: { readonly value: Connections; readonly children: ReactNode }) {
  return <Connected value={value}>{children}</Connected>;
}

function useConnections(): Connections {
  const found = useContext(Connected);
  if (!found) throw new Error("This is used outside of ConnectionsProvider.");
  return found;
}

export function useSession(): Session {
  return useConnections().session;
}

/** Who is signed in; undefined for nobody. */
export function useSignedIn(): SignedIn | undefined {
  const { session } = useConnections();
  return useSyncExternalStore(session.listen, () => session.current);
}

/** The client that acts as the person who is signed in. */
export function useApi(): RiverGenClient {
  const { session } = useConnections();
  return useSyncExternalStore(session.listen, () => session.api);
}

/** What happens in the workspace, and whether it is heard. */
export function useLive(): LiveState & Pick<Live, "markRead"> {
  const { live } = useConnections();
  const state = useSyncExternalStore(live.listen, () => live.state);
  return { ...state, markRead: live.markRead };
}

/** Files on their way, and what carries them. */
export function useUploads(): { readonly uploads: Uploads; readonly list: readonly Upload[] } {
  const { uploads } = useConnections();
  const list = useSyncExternalStore(uploads.listen, () => uploads.list);
  return { uploads, list };
}
