import { accountInternalRoutes, accountRoutes } from "./accounts.ts";
import { catalogInternalRoutes, datasetContentRoutes, datasetRoutes, queryRoutes } from "./datasets.ts";
import { eventInternalRoutes, eventRoutes } from "./events.ts";
import { fileRoutes, objectInternalRoutes, storageInternalRoutes } from "./files.ts";
import { flowRoutes, flowTestRoutes } from "./flows.ts";
import type { Route, Routes } from "./http.ts";
import { intakeRoutes } from "./intake.ts";
import { planningRoutes, promptHistoryRoutes, promptInternalRoutes, promptRoutes } from "./prompts.ts";
import { describeRoutes, executionRoutes, governanceRoutes, riverRoutes } from "./rivers.ts";
import { runInternalRoutes, runOutputRoutes, runRoutes } from "./runs.ts";
import { usageRoutes } from "./usage.ts";

/** Which service answers which operations: the whole internal map of the platform. */
export const serviceRoutes = {
  "backend-core": {
    ...accountRoutes,
    ...accountInternalRoutes,
    ...datasetRoutes,
    ...catalogInternalRoutes,
    ...objectInternalRoutes,
    ...riverRoutes,
    ...flowRoutes,
    ...runRoutes,
    ...runInternalRoutes,
    ...usageRoutes,
    ...promptHistoryRoutes,
    ...promptInternalRoutes,
    ...eventInternalRoutes,
  },
  storage: storageInternalRoutes,
  "storage-orchestration": fileRoutes,
  "agent-prompt-studio": promptRoutes,
  "capability-planning": planningRoutes,
  "capability-schema-metadata": intakeRoutes,
  "capability-governance": governanceRoutes,
  "capability-execution-support": executionRoutes,
  "compute-internal": { ...queryRoutes, ...datasetContentRoutes, ...runOutputRoutes, ...flowTestRoutes, ...describeRoutes },
  realtime: eventRoutes,
} as const satisfies Record<string, Routes>;
export type ServiceRoutes = typeof serviceRoutes;
export type ServiceName = keyof ServiceRoutes;

/** The operations people and programs outside may call. */
export const publicRoutes: Routes = Object.fromEntries(
  Object.values(serviceRoutes)
    .flatMap((routes) => Object.entries<Routes[string]>(routes))
    .filter(([, route]) => route.path.startsWith("/v1/")),
);

type Merge<T> = (T extends unknown ? (part: T) => void : never) extends (part: infer Whole) => void ? Whole : never;
type EveryRoute = Merge<ServiceRoutes[ServiceName]>;
/** The same, operation by operation, for typed clients. */
export type PublicRoutes = {
  readonly [Name in keyof EveryRoute as EveryRoute[Name] extends { path: `/v1/${string}` } ? Name : never]: EveryRoute[Name] extends Route
    ? EveryRoute[Name]
    : never;
};
