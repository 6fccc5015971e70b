import type { Route } from "@rivergen/contracts";
import { createRateLimit } from "@rivergen/pipeline";
import type { PlatformConfig } from "./config.ts";
import type { ServicePort } from "./dispatch.ts";
import { createPrincipalCache } from "./edge-auth.ts";
import { createFailureGuard } from "./edge-failures.ts";
import { type EdgeOptions, registerEdge } from "./edge.ts";
import type { App } from "./http.ts";
import type { Logger } from "./log.ts";
import type { Mesh } from "./mesh.ts";
import type { Metrics } from "./metrics.ts";
import type { TokenAuthority } from "./tokens.ts";
import type { Tracing } from "./tracing.ts";

interface Parts {
  readonly mesh: Mesh;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly tokens: TokenAuthority;
  readonly config: PlatformConfig;
  readonly tracing: Tracing;
}

/** Failed sign-ins and sign-ups per address and account. */
const mostFailures = { perMinute: 2, burst: 10 };

/** The public side over some operations; registered at once where an app is given. */
export function openEdge(
  app: App | undefined,
  operations: Readonly<Record<string, { route: Route; port: ServicePort }>>,
  { mesh, log, metrics, tokens, config, tracing }: Parts,
): EdgeOptions {
  const core = mesh.client("backend-core", { kind: "service", userId: "edge", workspaceId: "", organizationId: "", role: "service", scopes: ["*"] });
  // A laptop serves its owner; whoever brings a database serves others.
  const perMinute = config.RATE_LIMIT_PER_MINUTE ?? (config.DATABASE_URL === undefined ? 0 : 600);
  const options: EdgeOptions = {
    operations,
    resolve: createPrincipalCache((token) => core.resolveCredential({ body: { token } })),
    tokens,
    idempotency: { begin: (body) => core.beginRequest({ body }), finish: (body) => core.finishRequest({ body }) },
    ...(perMinute > 0 ? { limiter: createRateLimit({ perMinute }) } : {}),
    guardFailures: createFailureGuard(createRateLimit(mostFailures)),
    requestTimeoutMs: config.REQUEST_TIMEOUT_MS,
    log,
    metrics,
    tracing,
  };
  if (app) registerEdge(app, options);
  return options;
}
