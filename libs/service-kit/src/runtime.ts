import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { resolve } from "node:path";
import { type Caller, type Routes, serviceRoutes, type ServiceName } from "@rivergen/contracts";
import type { Database } from "@rivergen/database";
import type { Consumer as RunningConsumer, Outbox } from "@rivergen/event-fabric";
import type { z } from "zod";
import { type Environment, parseConfig, parsePlatformConfig, type PlatformConfig, platformVariables } from "./config.ts";
import type { DependencyHealth, Resources, ServiceDefinition, ServiceInstance } from "./define.ts";
import { createDispatcher } from "./dispatch.ts";
import { openEdge } from "./edge-options.ts";
import { registerHealth } from "./health.ts";
import { type App, createApp } from "./http.ts";
import { registerInternal } from "./internal-server.ts";
import { createLog, type Logger } from "./log.ts";
import { createMesh, type Mesh } from "./mesh.ts";
import { createMetrics, type Metrics } from "./metrics.ts";
import { loadSecrets, type Secrets } from "./secrets.ts";
import { openStores, type Stores } from "./stores.ts";
import { createTokenAuthority, type TokenAuthority } from "./tokens.ts";
import { traceHandler, traceOutbox } from "./traced-events.ts";
import { openTracing, type Tracing } from "./tracing.ts";

// The definitions of different services differ in their routes; the process only needs what they share.
// oxlint-disable-next-line typescript/no-explicit-any
export type AnyDefinition = ServiceDefinition<any, any>;

export interface ProcessOptions {
  readonly definitions: readonly AnyDefinition[];
  readonly environment: Environment;
  /** Wraps the databases of the process: tests look at each safeguard alone. */
  readonly wrapDatabase?: (database: Database) => Database;
}

/** A running process of the platform. */
export interface RunningProcess {
  readonly url: string;
  readonly config: PlatformConfig;
  readonly log: Logger;
  readonly secrets: Secrets;
  /** What services had to say for the start line, such as the local owner's one-time link. */
  readonly notes: ReadonlyMap<string, string>;
  /** Drains and closes; bounded by SHUTDOWN_TIMEOUT_MS. */
  stop(): Promise<void>;
}

interface Hosted {
  readonly definition: AnyDefinition;
  readonly instance: ServiceInstance<Routes>;
}

/** Starts the given services in this process: configuration, stores, services, listening, background work. */
export async function startProcess({ definitions, environment, wrapDatabase = (database) => database }: ProcessOptions): Promise<RunningProcess> {
  const config = parsePlatformConfig(environment);
  const log = createLog(config.LOG_LEVEL, nameOf(definitions));
  const secrets = await loadSecrets(resolve(config.RIVERGEN_HOME));
  const tokens = createTokenAuthority(secrets.internalKey);
  const tracing = await openTracing(environment, nameOf(definitions), packageVersion);
  const mesh = createMesh(
    definitions.map(({ name }) => name),
    definitions.flatMap(calledBy),
    environment,
    tokens,
    tracing,
  );
  const configs = new Map(definitions.map((definition) => [definition.name, { ...config, ...readOwn(definition, environment) }]));
  const stores = await openStores(
    config,
    secrets,
    definitions.flatMap(({ state }) => (state ? [state] : [])),
    log,
  );
  const metrics = createMetrics();
  const notes = new Map<string, string>();
  const base = { log, metrics, secrets, tokens, stores, mesh, wrapDatabase, notes, tracing };
  const app = createApp(log);
  const consumers: RunningConsumer[] = [];
  const hosted: Hosted[] = [];
  try {
    for (const definition of definitions) hosted.push(await setUp(definition, configs.get(definition.name) as PlatformConfig, base));
    registerHealth(app, { hosted, stores, metrics });
    for (const { definition } of hosted) registerService(app, definition, { definitions, mesh, log, metrics, tokens, config, tracing });
    for (const { instance } of hosted) await instance.attach?.(app.server, app);
    await app.listen({ port: config.PORT, host: config.HOST });
    for (const { definition, instance } of hosted) consumers.push(...startConsumers(definition, instance, base));
    for (const { instance } of hosted) await instance.start?.();
  } catch (error) {
    await Promise.allSettled(consumers.map((consumer) => consumer.stop(0)));
    await app.close().catch(() => undefined);
    await stores.close();
    await tracing.close(config.SHUTDOWN_TIMEOUT_MS);
    throw error;
  }
  const url = urlOf(app, config);
  return { url, config, log, secrets, notes, stop: () => stopProcess(app, hosted, consumers, stores, config, tracing) };
}

/** What the log calls the process: its service, or the platform. */
function nameOf(definitions: readonly AnyDefinition[]): string {
  return (definitions.length === 1 ? definitions[0]?.name : undefined) ?? "rivergen";
}

/** Services that a service speaks to; whoever answers the public asks backend-core who is calling. */
function calledBy({ calls = [], edge }: AnyDefinition): readonly ServiceName[] {
  return edge === undefined ? calls : [...calls, "backend-core"];
}

/** Where the process is reached: as it is told, else where it listens. */
function urlOf(app: App, { PUBLIC_URL, HOST }: PlatformConfig): string {
  const { port } = app.server.address() as AddressInfo;
  return PUBLIC_URL ?? `http://${HOST.includes(":") ? `[${HOST}]` : HOST}:${port}`;
}

interface Base {
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly secrets: Secrets;
  readonly tokens: TokenAuthority;
  readonly stores: Stores;
  readonly mesh: Mesh;
  readonly wrapDatabase: (database: Database) => Database;
  readonly notes: Map<string, string>;
  readonly tracing: Tracing;
}

function readOwn(definition: AnyDefinition, environment: Environment): Record<string, unknown> {
  return definition.config ? parseConfig(definition.config as z.ZodObject, environment) : {};
}

async function setUp(definition: AnyDefinition, config: PlatformConfig, base: Base): Promise<Hosted> {
  const { stores, mesh } = base;
  const schema = definition.state?.schema;
  const missing = (what: string) => (): never => {
    throw new Error(`${definition.name} declares no state and has no ${what}`);
  };
  const resources: Resources<object> = {
    config,
    log: base.log.child({ service: definition.name }),
    metrics: base.metrics,
    secrets: base.secrets,
    tokens: base.tokens,
    get database() {
      return schema === undefined ? missing("database")() : base.wrapDatabase(stores.databases.get(schema) as Database);
    },
    get databaseUrls() {
      return schema === undefined ? missing("database")() : (stores.urls[schema] as { url: string; systemUrl: string });
    },
    get outbox(): Outbox {
      return schema === undefined ? missing("outbox")() : traceOutbox(stores.fabric.outbox({ schema, source: `/${definition.name}` }), base.tracing);
    },
    fabric: stores.fabric,
    cache: stores.cache,
    objects: stores.objects,
    client: (service, caller) => mesh.client(service, caller),
    port: (service) => mesh.port(service),
    asService: (workspaceId = "") => serviceCaller(definition.name, workspaceId),
    isLocal: (service) => mesh.isLocal(service),
    urlOf: (service) => mesh.urlOf(service),
    faultPoint: (name) => {
      if (config.FAULT_POINT === name) process.kill(process.pid, "SIGKILL");
    },
    tracing: base.tracing,
    home: resolve(config.RIVERGEN_HOME),
    note: (name, text) => void base.notes.set(name, text),
  };
  const instance = (await definition.setup(resources)) as ServiceInstance<Routes>;
  mesh.join(definition.name, createDispatcher(definition.routes as Routes, instance.handlers as never, base.tokens, config.CHECK_ANSWERS));
  return { definition, instance };
}

function serviceCaller(name: string, workspaceId: string): Caller {
  return { kind: "service", userId: name, workspaceId, organizationId: "", role: "service", scopes: ["*"] };
}

interface Registration {
  readonly definitions: readonly AnyDefinition[];
  readonly mesh: Mesh;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly tokens: TokenAuthority;
  readonly config: PlatformConfig;
  readonly tracing: Tracing;
}

/**
 * The gateway's process answers the public API only; any other process answers its services' operations to the rest of
 * the platform, and where a service says so to the public as well.
 */
function registerService(app: App, definition: AnyDefinition, registration: Registration): void {
  const { definitions, mesh, log } = registration;
  const hasGateway = definitions.some(({ edge }) => edge === "all");
  if (definition.edge === "all") openEdge(app, publicOperations(mesh, Object.keys(serviceRoutes) as ServiceName[]), registration);
  if (hasGateway) return;
  const name = definition.name as ServiceName;
  registerInternal(
    app,
    definition.routes as Routes,
    mesh.port(name),
    log,
    registration.tracing,
    definition.edge === "own" ? openEdge(undefined, publicOperations(mesh, [name]), registration) : undefined,
  );
}

function publicOperations(mesh: Mesh, services: readonly ServiceName[]) {
  return Object.fromEntries(
    services.flatMap((service) =>
      Object.entries<Routes[string]>(serviceRoutes[service])
        .filter(([, route]) => route.path.startsWith("/v1/"))
        .map(([operation, route]) => [operation, { route, port: mesh.port(service) }]),
    ),
  );
}

function startConsumers(
  definition: AnyDefinition,
  instance: ServiceInstance<Routes>,
  { stores, wrapDatabase, tracing }: Pick<Base, "stores" | "wrapDatabase" | "tracing">,
): RunningConsumer[] {
  const schema = definition.state?.schema;
  if (!schema) return [];
  const database = wrapDatabase(stores.databases.get(schema) as Database);
  return (instance.consumers ?? []).map(({ group, topics, handle }) =>
    stores.fabric.consume({ schema, database, group, topics, handler: traceHandler(group, handle, tracing) }),
  );
}

async function stopProcess(
  app: App,
  hosted: readonly Hosted[],
  consumers: readonly RunningConsumer[],
  stores: Stores,
  config: PlatformConfig,
  tracing: Tracing,
): Promise<void> {
  const drainMs = config.SHUTDOWN_TIMEOUT_MS;
  const phase = (work: Promise<unknown>): Promise<unknown> =>
    Promise.race([work.catch(() => undefined), new Promise((done) => setTimeout(done, drainMs).unref())]);
  app.server.closeIdleConnections();
  await phase(Promise.allSettled(consumers.map((consumer) => consumer.stop(drainMs))));
  await phase(Promise.allSettled(hosted.toReversed().map(async ({ instance }) => instance.stop?.())));
  await phase(app.close());
  app.server.closeAllConnections();
  await stores.close();
  await tracing.close(drainMs);
}

/** Variables of a service beside the platform's: for docs and `--help`. */
export function describeVariables(definitions: readonly AnyDefinition[]): { name: string; description: string }[] {
  const own = definitions.flatMap(({ config }) => (config ? Object.entries((config as z.ZodObject).shape) : []));
  return [...Object.entries(platformVariables), ...own].map(([name, schema]) => ({ name, description: (schema as z.ZodType).description ?? "" }));
}

export type { DependencyHealth };
export const packageVersion = (createRequire(import.meta.url)("../package.json") as { version: string }).version;
