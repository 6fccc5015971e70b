import { randomInt } from "node:crypto";
import { AppError, type Caller, idFor, type Run, type Transaction } from "@rivergen/contracts";
import { parseDuration } from "@rivergen/river";
import type { EventLog } from "../events/log.ts";
import { type Checked, invalid } from "../rivers/checks.ts";
import type { ReferenceService } from "../objects/service.ts";
import type { RiverService } from "../rivers/service.ts";
import type { UsageService } from "../usage/service.ts";
import { showRun } from "./find.ts";
import { assertOutputs } from "./outputs.ts";
import { type NewRun, runRepository as runs } from "./repository.ts";

export interface StarterDependencies {
  readonly inWorkspace: <T>(workspaceId: string, work: (tx: Transaction) => Promise<T>) => Promise<T>;
  readonly events: EventLog;
  readonly rivers: RiverService;
  readonly usage: UsageService;
  readonly references: Pick<ReferenceService, "findIn">;
  /** Tells workers that there is something to do, once the transaction has committed. */
  readonly signal: (tx: Transaction, type: "run.requested" | "run.cancel-requested", run: { id: string; workspaceId: string }) => Promise<void>;
  readonly defaultDeadlineMs: number;
  readonly now: () => Date;
  /** `traceparent` of the request being served. */
  readonly traceparent: () => string | null;
}
interface StartRequest {
  readonly parameters?: Record<string, unknown> | undefined;
  readonly version?: number | undefined;
}

/** Puts runs into the queue. */
export function createRunStarter({ inWorkspace, events, rivers, usage, signal: announce, defaultDeadlineMs, now, traceparent }: StarterDependencies) {
  /** Asks for a run: everything it reads is pinned now. @throws RIVER_NOT_FOUND, RIVER_INVALID, DATASET_NAME_TAKEN */
  async function start(caller: Caller, idOrName: string, given: StartRequest): Promise<Run> {
    const { workspaceId } = caller;
    const river = await rivers.get(workspaceId, idOrName, given.version);
    const parameters = given.parameters ?? {};
    const pinned = pin(await rivers.check(caller, { kind: "document", document: river.document }, parameters, true), defaultDeadlineMs);
    const id = idFor("run", caller);
    return inWorkspace(workspaceId, async (tx) => {
      if (!river.draft) await assertOutputs(tx, workspaceId, river.name, Object.keys(pinned.document.outputs));
      const isNew = await runs.insert(tx, workspaceId, {
        ...pinned,
        id,
        riverId: river.id,
        riverName: river.name,
        riverVersion: river.version,
        draft: river.draft,
        parameters,
        logicalTime: now().toISOString(),
        seed: randomInt(2 ** 31),
        createdBy: caller.userId,
        traceparent: traceparent(),
      });
      if (isNew) {
        await announce(tx, "run.requested", { id, workspaceId });
        await events.append(tx, workspaceId, { type: "run.queued", subject: id, channels: [`run:${id}`], data: { river: river.name, attempt: 1 } });
      }
      return showRun(usage, tx, workspaceId, id);
    });
  }

  return { start };
}

type Pinned = Pick<NewRun, "document" | "digest" | "inputs" | "steps" | "stages" | "quote" | "deadlineMs">;

/** What a checked river will read and do, as it is now. @throws RIVER_INVALID, DATASET_NOT_FOUND */
function pin({ plan, runnable: document, digest, errors, datasets }: Checked, defaultDeadlineMs: number): Pinned {
  if (!plan || !document || !digest) throw invalid(errors);
  const inputs = Object.entries(document.sources).map(([source, { dataset, version }]) => {
    const found = datasets.find((row) => (row.name === dataset || row.id === dataset) && (version === undefined || row.version === version));
    if (!found) throw new AppError("DATASET_NOT_FOUND", { detail: `There is no dataset ${dataset}.` });
    const { described: _, ...readable } = found;
    return [source, readable] as const;
  });
  const timeout = document.resilience?.timeout;
  return {
    document,
    digest,
    inputs: Object.fromEntries(inputs),
    steps: plan.steps.map(({ name, kind, estimatedRows }) => ({
      name,
      kind,
      status: "pending",
      attempts: 0,
      rowsIn: null,
      rowsOut: null,
      estimatedRows,
      durationMs: null,
    })),
    stages: plan.stages.map(({ name, steps }) => ({ name, steps })),
    quote: plan.quote,
    deadlineMs: (timeout === undefined ? undefined : parseDuration(timeout)) ?? defaultDeadlineMs,
  };
}
