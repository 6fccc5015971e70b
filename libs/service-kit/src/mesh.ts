import { type Caller, type Client, serviceRoutes, type ServiceName, type ServiceRoutes } from "@rivergen/contracts";
import { ConfigError, type Environment, serviceVariable } from "./config.ts";
import type { ServicePort } from "./dispatch.ts";
import type { TokenAuthority } from "./tokens.ts";
import { createHttpPort, createLocalPort, createServiceClient } from "./transport.ts";

/** How the services of a process reach all others: in the process, or at their address. */
export interface Mesh {
  port(service: ServiceName): ServicePort;
  client<S extends ServiceName>(service: S, caller: Caller): Client<ServiceRoutes[S]>;
  isLocal(service: ServiceName): boolean;
  urlOf(service: ServiceName): string | undefined;
  /** Makes a hosted service reachable for the others. */
  join(service: string, port: ServicePort): void;
}

/** @throws ConfigError for every service that is called but neither hosted nor given an address */
export function createMesh(hosted: readonly string[], called: readonly ServiceName[], environment: Environment, tokens: TokenAuthority): Mesh {
  const local = new Map<string, ServicePort>();
  const missing = called.filter((service) => !hosted.includes(service) && !environment[serviceVariable(service)]);
  if (missing.length > 0)
    throw new ConfigError([...new Set(missing)].map((service) => `${serviceVariable(service)}: address of ${service}, which this process does not host`));
  const remote = new Map<string, ServicePort>();

  function port(service: ServiceName): ServicePort {
    if (hosted.includes(service)) return createLocalPort(() => local.get(service) as ServicePort);
    const known = remote.get(service) ?? createHttpPort(environment[serviceVariable(service)] as string, serviceRoutes[service]);
    remote.set(service, known);
    return known;
  }

  return {
    port,
    client: (service, caller) => createServiceClient<ServiceRoutes[typeof service]>(serviceRoutes[service], port(service), tokens, caller),
    isLocal: (service) => hosted.includes(service),
    urlOf: (service) => environment[serviceVariable(service)],
    join: (service, joined) => void local.set(service, joined),
  };
}
