import { AppError, deriveId, type Role, type Transaction } from "@rivergen/contracts";
import { accountRepository as accounts, type UserRow, type WorkspaceRow } from "./repository.ts";

/** One transaction on tables that belong to no workspace. */
export type InShared = <T>(work: (tx: Transaction) => Promise<T>) => Promise<T>;

/** Workspaces as a session or key names them. */
export function toRefs(rows: readonly WorkspaceRow[]): { id: string; name: string; role: Role }[] {
  return rows.map(({ id, name, role }) => ({ id, name, role }));
}

/** @throws WORKSPACE_NOT_FOUND for absent workspaces and those of others alike */
export async function memberOf(tx: Transaction, userId: string, workspaceId: string): Promise<WorkspaceRow> {
  const found = (await accounts.listWorkspaces(tx, userId)).find(({ id }) => id === workspaceId);
  if (!found) throw new AppError("WORKSPACE_NOT_FOUND");
  return found;
}

/** A personal organization and workspace come with every account; ids derived from the user make this safe to repeat. */
export async function ensurePersonal(tx: Transaction, user: UserRow): Promise<WorkspaceRow[]> {
  const known = await accounts.listWorkspaces(tx, user.id);
  if (known.length > 0) return known;
  const organizationId = deriveId("organization", user.id);
  await accounts.insertOrganization(tx, organizationId, user.name);
  await accounts.insertWorkspace(tx, { id: deriveId("workspace", user.id), organizationId, name: user.name }, user.id, "owner");
  return accounts.listWorkspaces(tx, user.id);
}
