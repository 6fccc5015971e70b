import type { Routes } from "@rivergen/contracts";
import type { DependencyHealth, ServiceInstance } from "./define.ts";
import { type App, withHead } from "./http.ts";
import type { Metrics } from "./metrics.ts";
import type { Stores } from "./stores.ts";

interface Watched {
  readonly hosted: readonly { readonly definition: { readonly name: string }; readonly instance: ServiceInstance<Routes> }[];
  readonly stores: Pick<Stores, "databases">;
  readonly metrics: Metrics;
}

/** `/health/live`, `/health/ready` with the state of each dependency, and `/metrics`. */
export function registerHealth(app: App, watched: Watched): void {
  app.get("/health/live", withHead, async () => ({ status: "live" }));
  app.get("/health/ready", withHead, async (_request, reply) => {
    const checks = await checkAll(watched);
    const ready = Object.values(checks).every(({ ok }) => ok);
    return reply
      .code(ready ? 200 : 503)
      .send({ status: ready ? "ready" : "not_ready", services: watched.hosted.map(({ definition }) => definition.name), checks });
  });
  app.get("/metrics", withHead, async (_request, reply) =>
    reply.header("content-type", watched.metrics.registry.contentType).send(await watched.metrics.registry.metrics()),
  );
}

async function checkAll({ hosted, stores }: Watched): Promise<Record<string, DependencyHealth>> {
  const databases = await Promise.all(
    [...stores.databases].map(async ([schema, database]) => [`database:${schema}`, await probe(() => database.ping())] as const),
  );
  const own = await Promise.all(
    hosted.map(async ({ definition, instance }) => {
      const states = await Promise.resolve(instance.health?.()).catch((error: unknown) => ({ health: describe(error) }));
      return Object.entries(states ?? {}).map(([name, state]) => [`${definition.name}:${name}`, state] as const);
    }),
  );
  return Object.fromEntries([...databases, ...own.flat()]);
}

async function probe(check: () => Promise<unknown>): Promise<DependencyHealth> {
  try {
    await check();
    return { ok: true };
  } catch (error) {
    return describe(error);
  }
}

const describe = (error: unknown): DependencyHealth => ({ ok: false, detail: (error as { code?: string }).code ?? "failed" });
