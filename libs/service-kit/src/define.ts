import type { Server } from "node:http";
import type { Caller, Client, Handlers, Routes, ServiceName, ServiceRoutes, Transaction } from "@rivergen/contracts";
import type { Cache } from "@rivergen/cache";
import type { Database } from "@rivergen/database";
import type { EventFabric, Message, Outbox } from "@rivergen/event-fabric";
import type { ObjectStore } from "@rivergen/object-store";
import type { z } from "zod";
import type { PlatformConfig } from "./config.ts";
import type { ServicePort } from "./dispatch.ts";
import type { Logger } from "./log.ts";
import type { Metrics } from "./metrics.ts";
import type { Secrets } from "./secrets.ts";
import type { TokenAuthority } from "./tokens.ts";
import type { Tracing } from "./tracing.ts";

/** State of one thing a service depends on. */
export interface DependencyHealth {
  readonly ok: boolean;
  readonly detail?: string;
}

/** Work that comes by event: effects and the mark that the message was handled share a transaction. */
export interface Consumer {
  /** Unique over the platform: consumers of one group share the work. */
  readonly group: string;
  readonly topics: readonly string[];
  handle(tx: Transaction, message: Message): Promise<void>;
}

/** What the kit gives a service: its stores, its clients, its configuration. */
export interface Resources<C> {
  readonly config: C & PlatformConfig;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly secrets: Secrets;
  readonly tokens: TokenAuthority;
  /** Only for services that declare `state`. */
  readonly database: Database;
  /** URLs of the service's database roles, for libraries that bring their own client. */
  readonly databaseUrls: { readonly url: string; readonly systemUrl: string };
  readonly fabric: EventFabric;
  /** Events of this service, written in the transaction they belong to. Only for services that declare `state`. */
  readonly outbox: Outbox;
  readonly cache: Cache;
  readonly objects: ObjectStore;
  /** A typed client of another service, acting as `caller`. */
  client<S extends ServiceName>(service: S, caller: Caller): Client<ServiceRoutes[S]>;
  /** How another service is reached: for the gateway, which passes requests on. */
  port(service: ServiceName): ServicePort;
  /** The service itself as caller, in one workspace or in none. */
  asService(workspaceId?: string): Caller;
  /** Whether a service shares this process. */
  isLocal(service: ServiceName): boolean;
  /** Address of a service that runs elsewhere. */
  urlOf(service: ServiceName): string | undefined;
  /** Ends the process here when a drill asked for this place. */
  faultPoint(name: string): void;
  /** Tells a collector of work that is known only once it is over; everything else the kit tells itself. */
  readonly tracing: Pick<Tracing, "isOn" | "start">;
  /** The home folder of the embedded profile, absolute. */
  readonly home: string;
  /** Leaves something for the start line of the process. */
  note(name: string, text: string): void;
}

/** A running service. */
export interface ServiceInstance<Rs extends Routes> {
  readonly handlers: Handlers<Rs>;
  readonly consumers?: readonly Consumer[];
  /** Takes part in the process's HTTP server beside its operations (sockets, documents). */
  attach?(server: Server, app: import("./http.ts").App): Promise<void> | void;
  /** Begins background work; called when every service of the process is set up and listening. */
  start?(): Promise<void>;
  /** Takes no new work and ends what runs; bounded by SHUTDOWN_TIMEOUT_MS. */
  stop?(): Promise<void>;
  /** States of what it depends on, beyond the stores that the kit watches. */
  health?(): Promise<Readonly<Record<string, DependencyHealth>>>;
}

/** What a service is, needs, answers and owns: everything else is the kit's. */
export interface ServiceDefinition<Rs extends Routes = Routes, C extends z.ZodObject = z.ZodObject> {
  readonly name: string;
  /** One sentence for docs/services.md. */
  readonly summary: string;
  /** Its own variables, by name, with defaults and descriptions. */
  readonly config?: C;
  readonly routes: Rs;
  /** Services it calls. */
  readonly calls?: readonly ServiceName[];
  /** Event topics it emits. */
  readonly emits?: readonly string[];
  /** The Postgres schema it owns, if any. */
  readonly state?: { readonly schema: string; readonly migrations: URL };
  /** `all`: answers the public API for every service; `own`: its public operations may be called at its own address too. */
  readonly edge?: "all" | "own";
  setup(resources: Resources<z.output<C>>): Promise<ServiceInstance<Rs>> | ServiceInstance<Rs>;
}

/** Declares a service; checks that every operation of its contract has a handler. */
export function defineService<Rs extends Routes, C extends z.ZodObject = z.ZodObject<Record<never, never>>>(
  definition: ServiceDefinition<Rs, C>,
): ServiceDefinition<Rs, C> {
  return definition;
}
