import type { Caller, Client, Lineage, ServiceRoutes, Transaction } from "@rivergen/contracts";
import { runRepository as runs } from "./repository.ts";

interface Dependencies {
  readonly inWorkspace: <T>(workspaceId: string, work: (tx: Transaction) => Promise<T>) => Promise<T>;
  readonly execution: (caller: Caller) => Client<ServiceRoutes["capability-execution-support"]>;
}

/** The column lineage of what a run wrote, over the very versions it read; null when the run is gone. */
export type RunLineage = (caller: Caller, run: string) => Promise<Lineage | null>;

export function createRunLineage({ inWorkspace, execution }: Dependencies): RunLineage {
  return async (caller, id) => {
    const run = await inWorkspace(caller.workspaceId, (tx) => runs.find(tx, caller.workspaceId, id));
    if (!run) return null;
    const source = { kind: "document" as const, document: run.document };
    const { plan } = await execution(caller).checkRiver({
      body: { source, datasets: Object.values(run.inputs), flows: [], parameters: run.parameters, requireParameters: true, history: [] },
    });
    return plan?.lineage ?? null;
  };
}
