import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { type Cache, createMemoryCache } from "@rivergen/cache";
import { createDatabase, createListener, type Database, ensureDatabase, migrate, type SchemaUrls, startEmbeddedPostgres } from "@rivergen/database";
import { createPostgresFabric, eventTables, type EventFabric, FABRIC_SCHEMA, fabricTables } from "@rivergen/event-fabric";
import { createFolderStore, type ObjectStore } from "@rivergen/object-store";
import { ConfigError, type PlatformConfig } from "./config.ts";
import type { Logger } from "./log.ts";
import type { Secrets } from "./secrets.ts";

/** Everything outside the process that services keep state in. */
export interface Stores {
  readonly databases: ReadonlyMap<string, Database>;
  readonly urls: Readonly<Record<string, SchemaUrls>>;
  readonly fabric: EventFabric;
  readonly cache: Cache;
  readonly objects: ObjectStore;
  /** Closes in reverse order. */
  close(): Promise<void>;
}

export interface SchemaNeed {
  readonly schema: string;
  readonly migrations: URL;
}

/** Opens the stores the configuration names, or their embedded engines; brings the schemas up to date. */
export async function openStores(config: PlatformConfig, secrets: Secrets, needs: readonly SchemaNeed[], log: Logger): Promise<Stores> {
  refuseUnknownEngines(config);
  const closers: (() => Promise<unknown>)[] = [];
  const close = async (): Promise<void> => {
    for (const closer of closers.reverse()) await closer().catch((error: unknown) => log.warn({ err: error }, "a store did not close"));
  };
  try {
    const { adminUrl, secret } = await openServer(config, secrets, log, closers);
    const urls = await ensureDatabase({ adminUrl, schemas: [...new Set([...needs.map(({ schema }) => schema), FABRIC_SCHEMA])], secret });
    await migrate({ adminUrl, schema: FABRIC_SCHEMA, before: fabricTables(), log });
    for (const { schema, migrations } of needs) await migrate({ adminUrl, schema, folder: migrations, before: eventTables(schema), log });
    const databases = new Map(needs.map(({ schema }) => [schema, createDatabase({ ...(urls[schema] as SchemaUrls), name: schema, log })]));
    closers.push(() => Promise.all([...databases.values()].map((database) => database.close())));
    const fabricUrls = urls[FABRIC_SCHEMA] as SchemaUrls;
    const fabricDatabase = createDatabase({ ...fabricUrls, name: FABRIC_SCHEMA, log });
    closers.push(() => fabricDatabase.close());
    const listener = createListener({ url: fabricUrls.systemUrl, log });
    closers.push(() => listener.close());
    const fabric = createPostgresFabric({ database: fabricDatabase, listener, log });
    closers.push(() => fabric.close());
    const objects = await openObjects(config, secrets);
    const cache = createMemoryCache({});
    return { databases, urls, fabric, cache, objects, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function openServer(
  config: PlatformConfig,
  secrets: Secrets,
  log: Logger,
  closers: (() => Promise<unknown>)[],
): Promise<{ adminUrl: string; secret: string }> {
  if (config.DATABASE_URL !== undefined) return { adminUrl: config.DATABASE_URL, secret: secrets.accountsKey };
  const server = await startEmbeddedPostgres({ home: resolve(config.RIVERGEN_HOME), log });
  closers.push(() => server.stop());
  return { adminUrl: server.adminUrl, secret: server.secret };
}

async function openObjects(config: PlatformConfig, secrets: Secrets): Promise<ObjectStore> {
  const folder = config.OBJECTS_URL === undefined ? join(resolve(config.RIVERGEN_HOME), "objects") : fileURLToPath(config.OBJECTS_URL);
  await mkdir(folder, { recursive: true });
  return createFolderStore({ folder, secret: secrets.objectsKey });
}

function refuseUnknownEngines(config: PlatformConfig): void {
  const problems: string[] = [];
  if (config.EVENTS_URL !== undefined) problems.push("EVENTS_URL: the only engine of this version is the database; leave it empty");
  if (config.CACHE_URL !== undefined) problems.push("CACHE_URL: the only engine of this version is memory; leave it empty");
  if (config.OBJECTS_URL !== undefined && !config.OBJECTS_URL.startsWith("file:")) problems.push("OBJECTS_URL: this version takes file:///… only");
  if (config.DATABASE_URL !== undefined && !/^postgres(ql)?:\/\//.test(config.DATABASE_URL)) problems.push("DATABASE_URL: must begin with postgres://");
  if (problems.length > 0) throw new ConfigError(problems);
}
