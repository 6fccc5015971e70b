import { AppError, type Caller, type eventInternalRoutes, type Handlers, type Transaction } from "@rivergen/contracts";
import { readEvents } from "./log.ts";

interface Dependencies {
  readonly inWorkspace: <T>(workspaceId: string, work: (tx: Transaction) => Promise<T>) => Promise<T>;
}

export function createEventHandlers({ inWorkspace }: Dependencies): Handlers<typeof eventInternalRoutes> {
  return {
    authorizeChannels: ({ caller, body }) =>
      inWorkspace(caller.workspaceId, async (tx) => {
        for (const channel of body.channels) await assertChannel(tx, caller, channel);
        const [row] = await tx.rows<{ seq: number }>(`select last_seq as seq from backend_core.event_counters where workspace_id = $1`, [caller.workspaceId]);
        return { seq: row?.seq ?? 0 };
      }),
    readEvents: ({ caller, body }) => inWorkspace(caller.workspaceId, (tx) => readEvents(tx, caller.workspaceId, body)),
  };
}

const nouns = { run: { table: "runs", code: "RUN_NOT_FOUND" }, dataset: { table: "datasets", code: "DATASET_NOT_FOUND" } } as const;

async function assertChannel(tx: Transaction, caller: Caller, channel: string): Promise<void> {
  const [noun = "", id = ""] = channel.split(":");
  if (noun !== "run" && noun !== "dataset") return;
  const { table, code } = nouns[noun];
  const rows = await tx.rows(`select 1 from backend_core.${table} where workspace_id = $1 and id = $2`, [caller.workspaceId, id]);
  if (rows.length === 0) throw new AppError(code);
}
