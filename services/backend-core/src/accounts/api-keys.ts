import { AppError, type Caller, idFor } from "@rivergen/contracts";
import { type InShared, memberOf } from "./membership.ts";
import { accountRepository as accounts, type KeyRow } from "./repository.ts";
import { createKeyText, sha256 } from "./tokens.ts";

/** Keys for programs: made, listed, deleted; the key itself is shown once and never kept. */
export function createApiKeys({ inShared }: { readonly inShared: InShared }) {
  /** @throws INVALID_REQUEST for an end that is past, WORKSPACE_NOT_FOUND */
  async function createKey(
    caller: Caller,
    given: { name: string; workspaceId?: string | undefined; scopes?: readonly string[] | undefined; expiresAt?: string | undefined },
  ) {
    if (given.expiresAt !== undefined && Date.parse(given.expiresAt) <= Date.now())
      throw new AppError("INVALID_REQUEST", { errors: [{ path: "/expiresAt", code: "OUT_OF_RANGE", message: "is past" }] });
    const key = createKeyText();
    const row = await inShared(async (tx) => {
      if (given.workspaceId !== undefined) await memberOf(tx, caller.userId, given.workspaceId);
      return accounts.insertKey(tx, {
        id: idFor("key", caller),
        userId: caller.userId,
        workspaceId: given.workspaceId ?? null,
        name: given.name,
        sha256: sha256(key),
        scopes: given.scopes ?? [],
        expiresAt: given.expiresAt ?? null,
      });
    });
    const { lastUsedAt: _, ...shown } = row;
    return { ...shown, key };
  }

  async function listKeys(userId: string, { limit, cursor }: { limit: number; cursor?: string | undefined }) {
    const rows = await inShared((tx) => accounts.listKeys(tx, userId, cursor, limit + 1));
    return { items: rows.slice(0, limit), nextCursor: rows.length > limit ? ((rows[limit - 1] as KeyRow).id ?? null) : null };
  }

  /** @throws API_KEY_NOT_FOUND */
  async function deleteKey(userId: string, id: string): Promise<void> {
    if (!(await inShared((tx) => accounts.deleteKey(tx, userId, id)))) throw new AppError("API_KEY_NOT_FOUND");
  }

  return { createKey, listKeys, deleteKey };
}
