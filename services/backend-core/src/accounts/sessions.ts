import { AppError, type Caller, type Principal, type Role, type Transaction } from "@rivergen/contracts";
import type { AccountLibrary, SignedIn } from "./library.ts";
import { ensurePersonal, type InShared, toRefs } from "./membership.ts";
import { isCommonPassword } from "./passwords.ts";
import { accountRepository as accounts, type UserRow } from "./repository.ts";
import { sha256 } from "./tokens.ts";

interface Dependencies {
  readonly inShared: InShared;
  readonly library: () => Promise<AccountLibrary>;
}

/** Who people are: signing up, in and out, and whose token it is. */
export function createSessions({ inShared, library }: Dependencies) {
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
      workspace: toRefs([workspace])[0] as { id: string; name: string; role: Role },
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
      return { user, token, expiresAt, workspaces: toRefs(await ensurePersonal(tx, user)) };
    });
  }

  /** A key that is bound to one workspace knows of no other. */
  async function describeSession({ userId, workspaceId: bound }: Caller) {
    return inShared(async (tx) => {
      const user = await accounts.findUser(tx, userId);
      if (!user) throw new AppError("UNAUTHENTICATED");
      const rows = await accounts.listWorkspaces(tx, userId);
      return { user, workspaces: toRefs(rows.filter(({ id }) => bound === "" || id === bound)) };
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

  return { signUp, signIn, useLocalLink, describeSession, signOut, resolve };
}

async function principal(tx: Transaction, userId: string, rest: Pick<Principal, "credential" | "scopes" | "boundWorkspaceId">): Promise<Principal> {
  const rows = await accounts.listWorkspaces(tx, userId);
  return { userId, organizationId: rows[0]?.organizationId ?? "", workspaces: toRefs(rows), ...rest };
}
