import { AppError, type Caller, type Principal, type Route } from "@rivergen/contracts";

const cacheMs = 4_000;
const cacheLimit = 10_000;

/** Who a bearer token belongs to; null when it is not valid. */
export type ResolveCredential = (token: string) => Promise<Principal | null>;

/** Caches principals for at most 4 s, so that a revoked credential is refused everywhere within 5 s. */
export function createPrincipalCache(resolve: ResolveCredential, now: () => number = Date.now): ResolveCredential & { forget(token: string): void } {
  const kept = new Map<string, { principal: Promise<Principal | null>; until: number }>();
  const find = async (token: string): Promise<Principal | null> => {
    const known = kept.get(token);
    // Another request's look-up ends with that request: what failed there is asked again for this one.
    if (known && known.until > now()) return known.principal.catch(() => resolve(token));
    if (kept.size >= cacheLimit) kept.delete(kept.keys().next().value as string);
    const principal = resolve(token);
    kept.set(token, { principal, until: now() + cacheMs });
    principal.catch(() => kept.delete(token));
    return principal;
  };
  return Object.assign(find, { forget: (token: string) => void kept.delete(token) });
}

export const anonymous: Caller = { kind: "anonymous", userId: "", workspaceId: "", organizationId: "", role: "none", scopes: [] };

/**
 * The caller of a public request: from its bearer token and the workspace it names.
 * @throws UNAUTHENTICATED, WORKSPACE_REQUIRED, WORKSPACE_NOT_FOUND
 */
export async function authenticate(route: Route, headers: Readonly<Record<string, unknown>>, resolve: ResolveCredential): Promise<Caller> {
  if (route.scope === "public") return anonymous;
  const token = readBearer(headers["authorization"]);
  const principal = token === undefined ? null : await resolve(token);
  if (!principal) throw new AppError("UNAUTHENTICATED");
  const base = {
    kind: "user" as const,
    userId: principal.userId,
    organizationId: principal.organizationId,
    scopes: principal.scopes ?? ["*"],
    credential: principal.credential,
  };
  if (!route.workspace) return { ...base, workspaceId: principal.boundWorkspaceId ?? "", role: "none" };
  const workspace = chooseWorkspace(principal, headers["x-workspace-id"]);
  return { ...base, workspaceId: workspace.id, role: workspace.role };
}

function readBearer(value: unknown): string | undefined {
  const found = typeof value === "string" ? /^Bearer ([A-Za-z0-9._~+/=-]{8,512})$/i.exec(value) : null;
  return found?.[1];
}

function chooseWorkspace(principal: Principal, named: unknown): Principal["workspaces"][number] {
  const allowed = principal.boundWorkspaceId === null ? principal.workspaces : principal.workspaces.filter(({ id }) => id === principal.boundWorkspaceId);
  if (typeof named === "string" && named !== "") {
    const found = allowed.find(({ id }) => id === named);
    if (!found) throw new AppError("WORKSPACE_NOT_FOUND");
    return found;
  }
  const [only, ...others] = allowed;
  if (!only || others.length > 0) throw new AppError("WORKSPACE_REQUIRED");
  return only;
}
