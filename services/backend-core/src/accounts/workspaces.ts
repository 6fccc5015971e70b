import { AppError, type Caller, deriveId, idFor } from "@rivergen/contracts";
import { type InShared, memberOf } from "./membership.ts";
import { accountRepository as accounts, type WorkspaceRow } from "./repository.ts";

export function createWorkspaces({ inShared }: { readonly inShared: InShared }) {
  async function createWorkspace(caller: Caller, name: string) {
    return inShared(async (tx) => {
      const [first] = await accounts.listWorkspaces(tx, caller.userId);
      const organizationId = first?.organizationId ?? deriveId("organization", caller.userId);
      const id = idFor("workspace", caller);
      await accounts.insertWorkspace(tx, { id, organizationId, name }, caller.userId, "owner");
      return shownWorkspace(await memberOf(tx, caller.userId, id));
    });
  }

  /** A key that is bound to one workspace knows of no other. */
  async function listWorkspaces({ userId, workspaceId: bound }: Caller, { limit, cursor }: { limit: number; cursor?: string | undefined }) {
    const rows = await inShared((tx) => accounts.listWorkspaces(tx, userId));
    const rest = rows.filter(({ id }) => (bound === "" || id === bound) && (cursor === undefined || id > cursor));
    return { items: rest.slice(0, limit).map(shownWorkspace), nextCursor: rest.length > limit ? ((rest[limit - 1] as WorkspaceRow).id ?? null) : null };
  }

  /** @throws WORKSPACE_NOT_FOUND, FORBIDDEN */
  async function renameWorkspace(caller: Caller, id: string, name: string) {
    return inShared(async (tx) => {
      const workspace = await memberOf(tx, caller.userId, id);
      if (workspace.role !== "owner" && workspace.role !== "admin") throw new AppError("FORBIDDEN", { detail: "Only an owner or admin renames a workspace." });
      await accounts.renameWorkspace(tx, id, name);
      return shownWorkspace({ ...workspace, name });
    });
  }

  return { createWorkspace, listWorkspaces, renameWorkspace };
}

function shownWorkspace({ id, name, role, createdAt }: WorkspaceRow) {
  return { id, name, role, createdAt };
}
