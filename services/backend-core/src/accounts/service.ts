import { createApiKeys } from "./api-keys.ts";
import type { AccountLibrary } from "./library.ts";
import { createLocalOwner } from "./local-owner.ts";
import type { InShared } from "./membership.ts";
import { createSessions } from "./sessions.ts";
import { createWorkspaces } from "./workspaces.ts";

interface Dependencies {
  readonly inShared: InShared;
  readonly library: () => Promise<AccountLibrary>;
}

export type AccountService = ReturnType<typeof createAccountService>;

/** People, their sessions, keys and workspaces. */
export function createAccountService({ inShared, library }: Dependencies) {
  const sessions = createSessions({ inShared, library });
  return {
    ...sessions,
    ...createApiKeys({ inShared }),
    ...createWorkspaces({ inShared }),
    ...createLocalOwner({ inShared, resolve: sessions.resolve }),
  };
}
