import { createClaims } from "./claims.ts";
import { createEndings } from "./endings.ts";
import type { LeaseDependencies } from "./lease.ts";
import { createStages } from "./stages.ts";

export type LeaseService = ReturnType<typeof createLeaseService>;

/** The workers' side of runs: claim, heartbeat, checkpoints, the end. Every effect is one transaction guarded by the lease. */
export function createLeaseService(dependencies: LeaseDependencies) {
  return { ...createClaims(dependencies), ...createStages(dependencies), ...createEndings(dependencies) };
}
