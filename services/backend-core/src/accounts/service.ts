import { createHash, randomBytes } from "node:crypto";
import { AppError, type Caller, createId, deriveId, idFor, type Principal, type Role, type Transaction } from "@rivergen/contracts";
import type { AccountLibrary, SignedIn } from "./library.ts";
import { isCommonPassword } from "./passwords.ts";
import { accountRepository as accounts, type KeyRow, type UserRow, type WorkspaceRow } from "./repository.ts";

interface Dependencies {
  /** One transaction on tables that belong to no workspace. */
  readonly inShared: <T>(work: (tx: Transaction) => Promise<T>) => Promise<T>;
  readonly library: () => Promise<AccountLibrary>;
}

export type AccountService = ReturnType<typeof createAccountService>;

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
const refs = (rows: readonly WorkspaceRow[]): { id: string; name: string; role: Role }[] => rows.map(({ id, name, role }) => ({ id, name, role }));

export function createAccountService({ inShared, library }: Dependencies) {
  /** @throws EMAIL_TAKEN, PASSWORD_TOO_COMMON */
  async function signUp(given: { email: string; password: string; name: string }) {
    const email = given.email.toLowerCase();
    if (await isCommonPassword(given.password))
      throw new AppError("PASSWORD_TOO_COMMON", { errors: [{ path: "/password", code: "PASSWORD_TOO_COMMON", message: "is on lists of common passwords" }] });
    const session = await (await library()).signUp({ ...given, email });
    const [workspace] = await inShared((tx) => ensurePersonal(tx, { id: session.userId, email, name: given.name }));
    if (!workspace) throw new AppError("INTERNAL");
    return {
      user: { id: session.userId, email, name: given.name },
      token: session.token,
      expiresAt: session.expiresAt,
      workspace: refs([workspace])[0] as { id: string; name: string; role: Role },
    };
  }

  /** @throws INVALID_CREDENTIALS */
  async function signIn(given: { email: string; password: string }) {
    return signedIn(await (await library()).signIn({ email: given.email.toLowerCase(), password: given.password }));
  }

  /** @throws INVALID_CREDENTIALS for a code that was used or never existed */
  async function useLocalLink(code: string) {
    const userId = await inShared((tx) => accounts.takeLocalLink(tx, sha256(code)));
    if (userId === undefined)
      throw new AppError("INVALID_CREDENTIALS", { detail: "This link was used already or is no longer valid. Start the platform again, or run: river up" });
    return signedIn(await (await library()).startSession(userId));
  }

  async function signedIn({ userId, token, expiresAt }: SignedIn) {
    return inShared(async (tx) => {
      const user = (await accounts.findUser(tx, userId)) as UserRow;
      return { user, token, expiresAt, workspaces: refs(await ensurePersonal(tx, user)) };
    });
  }

  async function describeSession(userId: string) {
    return inShared(async (tx) => {
      const user = await accounts.findUser(tx, userId);
      if (!user) throw new AppError("UNAUTHENTICATED");
      return { user, workspaces: refs(await accounts.listWorkspaces(tx, userId)) };
    });
  }

  async function signOut(credential: string): Promise<void> {
    if (!credential.startsWith("key_")) await inShared((tx) => accounts.deleteSession(tx, credential));
  }

  /** Who a token belongs to; null for one that is unknown, revoked or past its end. */
  async function resolve(token: string): Promise<Principal | null> {
    return inShared(async (tx) => {
      if (token.startsWith("rgk_")) {
        const key = await accounts.findKey(tx, sha256(token));
        return key
          ? principal(tx, key.userId, { credential: key.id, scopes: key.scopes.length === 0 ? null : key.scopes, boundWorkspaceId: key.workspaceId })
          : null;
      }
      const session = await accounts.findSession(tx, token);
      return session ? principal(tx, session.userId, { credential: token, scopes: null, boundWorkspaceId: null }) : null;
    });
  }

  /** @throws FORBIDDEN for callers whose own rights are narrowed, WORKSPACE_NOT_FOUND */
  async function createKey(
    caller: Caller,
    given: { name: string; workspaceId?: string | undefined; scopes?: readonly string[] | undefined; expiresAt?: string | undefined },
  ) {
    if (!caller.scopes.includes("*") || caller.workspaceId !== "")
      throw new AppError("FORBIDDEN", { detail: "A narrowed key cannot make keys. Sign in instead." });
    const key = `rgk_${randomBytes(32).toString("base64url")}`;
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

  async function createWorkspace(caller: Caller, name: string) {
    return inShared(async (tx) => {
      const [first] = await accounts.listWorkspaces(tx, caller.userId);
      const organizationId = first?.organizationId ?? deriveId("organization", caller.userId);
      const id = idFor("workspace", caller);
      await accounts.insertWorkspace(tx, { id, organizationId, name }, caller.userId, "owner");
      return shownWorkspace(await memberOf(tx, caller.userId, id));
    });
  }

  async function listWorkspaces(userId: string, { limit, cursor }: { limit: number; cursor?: string | undefined }) {
    const rows = await inShared((tx) => accounts.listWorkspaces(tx, userId));
    const rest = rows.filter(({ id }) => cursor === undefined || id > cursor);
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

  /** The owner of an embedded platform: made once, with a key for the CLI of this machine. */
  async function ensureLocalOwner(known: string | undefined): Promise<{ token: string; workspaceId: string }> {
    const principal = known === undefined ? null : await resolve(known);
    if (known !== undefined && principal?.workspaces[0]) return { token: known, workspaceId: principal.workspaces[0].id };
    const token = `rgk_${randomBytes(32).toString("base64url")}`;
    return inShared(async (tx) => {
      const email = "owner@localhost";
      const user = (await accounts.findUserByEmail(tx, email)) ?? { id: createId("user"), email, name: "Local owner" };
      await accounts.insertUser(tx, user);
      const [workspace] = await ensurePersonal(tx, user);
      await accounts.insertKey(tx, {
        id: createId("key"),
        userId: user.id,
        workspaceId: null,
        name: "CLI of this machine",
        sha256: sha256(token),
        scopes: [],
        expiresAt: null,
      });
      return { token, workspaceId: workspace?.id ?? "" };
    });
  }

  /** A link that signs the local owner in once; a new one ends the one before. */
  async function createLocalLink(): Promise<string> {
    const code = randomBytes(24).toString("base64url");
    await inShared(async (tx) => {
      const owner = await accounts.findUserByEmail(tx, "owner@localhost");
      if (owner) await accounts.insertLocalLink(tx, sha256(code), owner.id);
    });
    return code;
  }

  return {
    signUp,
    signIn,
    useLocalLink,
    describeSession,
    signOut,
    resolve,
    createKey,
    listKeys,
    deleteKey,
    createWorkspace,
    listWorkspaces,
    renameWorkspace,
    ensureLocalOwner,
    createLocalLink,
  };
}

function shownWorkspace({ id, name, role, createdAt }: WorkspaceRow) {
  return { id, name, role, createdAt };
}

async function memberOf(tx: Transaction, userId: string, workspaceId: string): Promise<WorkspaceRow> {
  const found = (await accounts.listWorkspaces(tx, userId)).find(({ id }) => id === workspaceId);
  if (!found) throw new AppError("WORKSPACE_NOT_FOUND");
  return found;
}

async function principal(tx: Transaction, userId: string, rest: Pick<Principal, "credential" | "scopes" | "boundWorkspaceId">): Promise<Principal> {
  const rows = await accounts.listWorkspaces(tx, userId);
  return { userId, organizationId: rows[0]?.organizationId ?? "", workspaces: refs(rows), ...rest };
}

/** A personal organization and workspace come with every account; ids derived from the user make this safe to repeat. */
async function ensurePersonal(tx: Transaction, user: UserRow): Promise<WorkspaceRow[]> {
  const known = await accounts.listWorkspaces(tx, user.id);
  if (known.length > 0) return known;
  const organizationId = deriveId("organization", user.id);
  await accounts.insertOrganization(tx, organizationId, user.name);
  await accounts.insertWorkspace(tx, { id: deriveId("workspace", user.id), organizationId, name: user.name }, user.id, "owner");
  return accounts.listWorkspaces(tx, user.id);
}
