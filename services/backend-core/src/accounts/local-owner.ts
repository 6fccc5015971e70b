import { randomBytes } from "node:crypto";
import { createId, type Principal } from "@rivergen/contracts";
import { ensurePersonal, type InShared } from "./membership.ts";
import { accountRepository as accounts } from "./repository.ts";
import { createKeyText, sha256 } from "./tokens.ts";

interface Dependencies {
  readonly inShared: InShared;
  readonly resolve: (token: string) => Promise<Principal | null>;
}

const ownerEmail = "owner@localhost";

/** The person whose machine an embedded platform runs on: signed in without a password. */
export function createLocalOwner({ inShared, resolve }: Dependencies) {
  /** The owner of an embedded platform: made once, with a key for the CLI of this machine. */
  async function ensureLocalOwner(known: string | undefined): Promise<{ token: string; workspaceId: string }> {
    const principal = known === undefined ? null : await resolve(known);
    if (known !== undefined && principal?.workspaces[0]) return { token: known, workspaceId: principal.workspaces[0].id };
    const token = createKeyText();
    return inShared(async (tx) => {
      const user = (await accounts.findUserByEmail(tx, ownerEmail)) ?? { id: createId("user"), email: ownerEmail, name: "Local owner" };
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
      const owner = await accounts.findUserByEmail(tx, ownerEmail);
      if (owner) await accounts.insertLocalLink(tx, sha256(code), owner.id);
    });
    return code;
  }

  return { ensureLocalOwner, createLocalLink };
}
