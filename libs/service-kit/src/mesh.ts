import { type Caller, type Client, type Routes, serviceRoutes, type ServiceName, type ServiceRoutes } from "@rivergen/contracts";
import { ConfigError, type Environment, serviceVariable } from "./config.ts";
import type { ServicePort } from "./dispatch.ts";
import type { TokenAuthority } from "./tokens.ts";
import { inSpan, type Tracing } from "./tracing.ts";
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
export function createMesh(
  hosted: readonly string[],
  called: readonly ServiceName[],
  environment: Environment,
  tokens: TokenAuthority,
  tracing: Tracing,
): Mesh {
  const local = new Map<string, ServicePort>();
  const missing = called.filter((service) => !hosted.includes(service) && !environment[serviceVariable(service)]);
  if (missing.length > 0)
    throw new ConfigError([...new Set(missing)].map((service) => `${serviceVariable(service)}: address of ${service}, which this process does not host`));
  const remote = new Map<string, ServicePort>();

  function port(service: ServiceName): ServicePort {
    if (hosted.includes(service))
      return traced(
        createLocalPort(() => local.get(service) as ServicePort),
        service,
      );
    const known = remote.get(service) ?? traced(createHttpPort(environment[serviceVariable(service)] as string, serviceRoutes[service]), service);
    remote.set(service, known);
    return known;
  }

  /** Calls within the process are parts of its own work; the others are a client's. */
  function traced(inner: ServicePort, service: ServiceName): ServicePort {
    if (!tracing.isOn) return inner;
    const address = hosted.includes(service) ? undefined : new URL(environment[serviceVariable(service)] as string);
    return {
      call(operation, input, token) {
        const route = (serviceRoutes[service] as Routes)[operation];
        const remoteAttributes = address && {
          "http.request.method": route?.method ?? "",
          "url.template": route?.path ?? "",
          "server.address": address.hostname,
          "server.port": Number(address.port || 80),
        };
        const attributes = { "rivergen.service": service, "rivergen.operation": operation, ...remoteAttributes };
        const name = address && route ? `${route.method} ${route.path}` : `${service}/${operation}`;
        return inSpan(tracing, { name, kind: address ? "client" : "internal", attributes }, () => inner.call(operation, input, token));
      },
    };
  }

  return {
    port,
    client: (service, caller) => createServiceClient<ServiceRoutes[typeof service]>(serviceRoutes[service], port(service), tokens, caller),
    isLocal: (service) => hosted.includes(service),
    urlOf: (service) => environment[serviceVariable(service)],
    join: (service, joined) => void local.set(service, joined),
  };
}
