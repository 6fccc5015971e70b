import { type Handlers, isRunOver, type runInternalRoutes, type runRoutes, type usageRoutes, withHeaders } from "@rivergen/contracts";
import { readWait } from "@rivergen/service-kit";
import type { UsageService } from "../usage/service.ts";
import type { LeaseService } from "./leases.ts";
import type { RunService } from "./service.ts";

export function createRunHandlers(
  service: RunService,
  leases: LeaseService,
  usage: UsageService,
): Handlers<typeof runRoutes & typeof runInternalRoutes & typeof usageRoutes> {
  return {
    startRun: async ({ caller, params, body, headers, signal }) => {
      const run = await service.start(caller, params.river, body);
      const waitMs = readWait(headers["prefer"], 0);
      if (waitMs === 0) return run;
      const ended = await service.waitFor(caller.workspaceId, run.id, waitMs, signal);
      return withHeaders(ended, {}, isRunOver(ended.status) ? 200 : 202);
    },
    listRuns: ({ caller, query }) => service.list(caller.workspaceId, query),
    getRun: ({ caller, params }) => service.get(caller.workspaceId, params.run),
    listRunEvents: ({ caller, params, query }) => service.listEvents(caller.workspaceId, params.run, query),
    cancelRun: ({ caller, params }) => service.cancel(caller.workspaceId, params.run),
    resumeRun: ({ caller, params }) => service.resume(caller.workspaceId, params.run),
    claimRun: ({ body }) => leases.claim(body.worker),
    heartbeatRun: ({ caller, body }) => leases.heartbeat(caller.workspaceId, body),
    startStage: ({ caller, body }) => leases.startStage(caller.workspaceId, body),
    completeStage: ({ caller, body }) => leases.completeStage(caller.workspaceId, body),
    completeRun: ({ caller, body }) => leases.complete(caller.workspaceId, body),
    failRun: ({ caller, body }) => leases.fail(caller.workspaceId, body),
    findRunOutput: ({ caller, query }) => service.findOutput(caller.workspaceId, query.run, query.name),
    recordUsage: ({ caller, body }) => usage.recordAlone(caller.workspaceId, body.id, body.items),
    listUsage: ({ caller, query }) => usage.list(caller.workspaceId, query),
    summarizeUsage: ({ caller, query }) => usage.summarize(caller.workspaceId, query),
  };
}
