import { AppError, isRunOver, type Run, type RunStatus, type StageResult } from "@rivergen/contracts";
import { readEvents } from "../events/log.ts";
import { createRunControls } from "./controls.ts";
import { requireRun, showRow, showRun } from "./find.ts";
import { runRepository as runs, type RunRow } from "./repository.ts";
import { createRunStarter, type StarterDependencies } from "./start.ts";

interface Dependencies extends StarterDependencies {
  readonly delay: (ms: number, signal: AbortSignal) => Promise<void>;
}

export type RunService = ReturnType<typeof createRunService>;

/** People's side of runs: start, look, cancel, resume. */
export function createRunService(dependencies: Dependencies) {
  return { ...createRunStarter(dependencies), ...createRunReads(dependencies), ...createRunControls(dependencies) };
}

function createRunReads({ inWorkspace, usage, references, delay }: Pick<Dependencies, "inWorkspace" | "usage" | "references" | "delay">) {
  async function get(workspaceId: string, id: string): Promise<Run> {
    return inWorkspace(workspaceId, (tx) => showRun(usage, tx, workspaceId, id));
  }

  /** The run once it has ended, or as it stands when the time is over. */
  async function waitFor(workspaceId: string, id: string, waitMs: number, signal: AbortSignal): Promise<Run> {
    const deadline = Date.now() + waitMs;
    for (;;) {
      const status = await inWorkspace(workspaceId, async (tx) => (await requireRun(tx, workspaceId, id)).status);
      if (isRunOver(status) || Date.now() >= deadline) return get(workspaceId, id);
      await delay(25, signal);
    }
  }

  async function list(
    workspaceId: string,
    { limit, cursor, ...filter }: { limit: number; cursor?: string | undefined; river?: string | undefined; status?: RunStatus | undefined },
  ) {
    return inWorkspace(workspaceId, async (tx) => {
      const rows = await runs.list(tx, workspaceId, { ...filter, before: cursor, limit: limit + 1 });
      const items: Run[] = [];
      for (const row of rows.slice(0, limit)) items.push(await showRow(usage, tx, row));
      return { items, nextCursor: rows.length > limit ? (rows[limit - 1]?.id ?? null) : null };
    });
  }

  async function listEvents(workspaceId: string, id: string, { after, limit }: { after: number; limit: number }) {
    return inWorkspace(workspaceId, async (tx) => {
      await requireRun(tx, workspaceId, id);
      return readEvents(tx, workspaceId, { after, limit, channels: [`run:${id}`] });
    });
  }

  /** Where an output of a finished run lies, or what one of its flows set aside. @throws RUN_NOT_FOUND, OUTPUT_NOT_FOUND */
  async function findOutput(workspaceId: string, id: string, name: string) {
    return inWorkspace(workspaceId, async (tx) => {
      const run = await requireRun(tx, workspaceId, id);
      const files = readableFiles(run, await runs.stages(tx, workspaceId, id));
      const file = files.get(name);
      if (!file)
        throw new AppError("OUTPUT_NOT_FOUND", {
          detail:
            run.status === "succeeded"
              ? `Its outputs are ${[...files.keys()].join(", ")}.`
              : `The run is ${run.status}; outputs can be read when it has succeeded.`,
        });
      const { objectKey, sha256, rowCount, sizeBytes, columns } = file;
      if (run.status !== "succeeded" && !(await references.findIn(tx, workspaceId, [objectKey])).has(objectKey))
        throw new AppError("OUTPUT_NOT_FOUND", { detail: `The run is ${run.status} for long: what its flows set aside is not kept any more.` });
      return { objectKey, sha256, rowCount, sizeBytes, columns: columns.map(({ name: column, type }) => ({ name: column, type })) };
    });
  }

  return { get, waitFor, list, listEvents, findOutput };
}

type StoredFile = Pick<StageResult, "objectKey" | "sha256" | "rowCount" | "sizeBytes" | "columns">;

/** What may be read of a run, by name: its outputs once it has succeeded, what flows set aside as soon as they have ended. */
function readableFiles(run: RunRow, stages: readonly StageResult[]): Map<string, StoredFile> {
  const written = run.status === "succeeded" ? stages.filter(({ stage }) => Object.hasOwn(run.document.outputs, stage)) : [];
  const aside = stages.flatMap(({ setAside }): [string, StoredFile][] => (setAside ? [[setAside.output, setAside]] : []));
  return new Map([...written.map((stage): [string, StoredFile] => [stage.stage, stage]), ...aside]);
}
