import { z } from "zod";
import { Time, page, PageQuery } from "./common.ts";
import { route } from "./http.ts";
import { keyScopes } from "./key-scopes.ts";

export const Role = z.enum(["owner", "admin", "editor", "viewer"]);
export type Role = z.output<typeof Role>;
export const User = z.strictObject({ id: z.string(), email: z.string(), name: z.string() }).meta({ id: "User" });
export const WorkspaceRef = z.strictObject({ id: z.string(), name: z.string(), role: Role }).meta({ id: "WorkspaceRef" });
export type WorkspaceRef = z.output<typeof WorkspaceRef>;
const Email = z.string().max(254).pipe(z.email());
const Password = z.string().min(10).max(128);
const SignedIn = z.strictObject({ user: User, token: z.string(), expiresAt: Time, workspaces: z.array(WorkspaceRef) }).meta({ id: "SignedIn" });

/** What a key may do; without any it may do what its owner may. */
export const KeyScope = z.enum(keyScopes);
export type KeyScope = z.output<typeof KeyScope>;
export const ApiKey = z
  .strictObject({
    id: z.string(),
    name: z.string(),
    scopes: z.array(KeyScope),
    workspaceId: z.string().nullable(),
    createdAt: Time,
    expiresAt: Time.nullable(),
    lastUsedAt: Time.nullable(),
  })
  .meta({ id: "ApiKey" });
export const Workspace = z.strictObject({ id: z.string(), name: z.string(), role: Role, createdAt: Time }).meta({ id: "Workspace" });
const WorkspaceName = z.string().trim().min(1).max(120);

const tag = "Accounts";
export const accountRoutes = {
  signUp: route({
    method: "POST",
    path: "/v1/auth/sign-up",
    scope: "public",
    tag,
    summary: "Make an account with its personal organization and workspace",
    body: z.strictObject({ email: Email, password: Password, name: z.string().trim().min(1).max(120) }),
    answer: z.strictObject({ user: User, token: z.string(), expiresAt: Time, workspace: WorkspaceRef }),
    status: 201,
    errors: ["EMAIL_TAKEN", "PASSWORD_TOO_COMMON"],
  }),
  signIn: route({
    method: "POST",
    path: "/v1/auth/sign-in",
    scope: "public",
    tag,
    summary: "Sign in with e-mail address and password",
    body: z.strictObject({ email: z.string().max(254), password: z.string().max(128), code: z.string().max(20).optional() }),
    answer: SignedIn,
    errors: ["INVALID_CREDENTIALS"],
  }),
  localLink: route({
    method: "POST",
    path: "/v1/auth/local-link",
    scope: "public",
    tag,
    summary: "Sign in the local owner with the one-time link of the embedded profile",
    body: z.strictObject({ code: z.string().min(1).max(200) }),
    answer: SignedIn,
    errors: ["INVALID_CREDENTIALS"],
  }),
  getSession: route({
    method: "GET",
    path: "/v1/auth/session",
    scope: "session",
    tag,
    summary: "Who am I, and which workspaces do I have",
    answer: z.strictObject({ user: User, workspaces: z.array(WorkspaceRef) }),
  }),
  signOut: route({ method: "POST", path: "/v1/auth/sign-out", scope: "session", tag, summary: "End this session" }),
  createApiKey: route({
    method: "POST",
    path: "/v1/api-keys",
    scope: "account",
    tag,
    summary: "Make an API key; the key itself is shown once",
    body: z.strictObject({
      name: z.string().trim().min(1).max(120),
      workspaceId: z.string().max(80).optional(),
      /** Absent: everything its owner may. An empty list would read as nothing, so it is refused. */
      scopes: z.array(KeyScope).min(1).max(50).optional(),
      expiresAt: Time.optional(),
    }),
    answer: ApiKey.omit({ lastUsedAt: true }).extend({ key: z.string() }),
    status: 201,
    errors: ["WORKSPACE_NOT_FOUND"],
  }),
  listApiKeys: route({ method: "GET", path: "/v1/api-keys", scope: "account", tag, summary: "My API keys", query: PageQuery, answer: page(ApiKey) }),
  deleteApiKey: route({
    method: "DELETE",
    path: "/v1/api-keys/:id",
    scope: "account",
    tag,
    summary: "Revoke an API key; effective everywhere within 5 s",
    params: z.strictObject({ id: z.string().min(1).max(80) }),
    errors: ["API_KEY_NOT_FOUND"],
  }),
  createWorkspace: route({
    method: "POST",
    path: "/v1/workspaces",
    scope: "workspaces:write",
    workspace: false,
    tag,
    summary: "Make another workspace in my organization",
    body: z.strictObject({ name: WorkspaceName }),
    answer: Workspace,
    status: 201,
  }),
  listWorkspaces: route({
    method: "GET",
    path: "/v1/workspaces",
    scope: "session",
    tag,
    summary: "My workspaces; with a key bound to one, that one",
    query: PageQuery,
    answer: page(Workspace),
  }),
  renameWorkspace: route({
    method: "PATCH",
    path: "/v1/workspaces/:id",
    scope: "workspaces:write",
    workspace: false,
    tag,
    summary: "Rename a workspace",
    params: z.strictObject({ id: z.string().min(1).max(80) }),
    body: z.strictObject({ name: WorkspaceName }),
    answer: Workspace,
    errors: ["WORKSPACE_NOT_FOUND"],
  }),
};

/** What the gateway asks backend-core about a bearer token; cached there for at most 5 s. */
export const Principal = z.strictObject({
  userId: z.string(),
  organizationId: z.string(),
  workspaces: z.array(WorkspaceRef),
  /** Null: everything the role allows. */
  scopes: z.array(z.string()).nullable(),
  /** The only workspace a key is bound to. */
  boundWorkspaceId: z.string().nullable(),
  credential: z.string(),
});
export type Principal = z.output<typeof Principal>;

export const accountInternalRoutes = {
  resolveCredential: route({
    method: "POST",
    path: "/internal/credentials/resolve",
    scope: "internal",
    tag: "Internal",
    summary: "Who a bearer token belongs to; null when it is not valid",
    body: z.strictObject({ token: z.string() }),
    answer: Principal.nullable(),
  }),
  beginRequest: route({
    method: "POST",
    path: "/internal/requests/begin",
    scope: "internal",
    tag: "Internal",
    summary: "Claim an idempotency key",
    body: z.strictObject({ owner: z.string(), key: z.string(), operation: z.string(), bodySha256: z.string() }),
    answer: z.discriminatedUnion("state", [
      z.strictObject({ state: z.literal("new"), claim: z.string() }),
      z.strictObject({ state: z.literal("in_flight") }),
      z.strictObject({ state: z.literal("reused") }),
      z.strictObject({
        state: z.literal("replay"),
        status: z.number().int(),
        contentType: z.string(),
        headers: z.record(z.string(), z.string()),
        body: z.string(),
      }),
    ]),
  }),
  finishRequest: route({
    method: "POST",
    path: "/internal/requests/finish",
    scope: "internal",
    tag: "Internal",
    summary: "Keep the answer of an idempotent request, or give its key back",
    body: z.strictObject({
      owner: z.string(),
      key: z.string(),
      claim: z.string(),
      answer: z.strictObject({ status: z.number().int(), contentType: z.string(), headers: z.record(z.string(), z.string()), body: z.string() }).nullable(),
    }),
    maxBodyBytes: 16 * 2 ** 20,
  }),
};
