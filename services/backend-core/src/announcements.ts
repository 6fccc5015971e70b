import type { Transaction } from "@rivergen/contracts";
import type { Resources } from "@rivergen/service-kit";
import type { LoggedEvent } from "./events/log.ts";

export const topics = { event: "backend-core.workspace-event.v1", run: "backend-core.run.v1" } as const;

/** What other services hear of this one; sent once the transaction has committed. */
export function createAnnouncements(outbox: Resources<object>["outbox"]) {
  return {
    /** An entry of a workspace's log, for realtime. */
    async event(tx: Transaction, workspaceId: string, logged: LoggedEvent): Promise<void> {
      const { type, subject } = logged.event;
      await outbox.emit(tx, { topic: topics.event, key: workspaceId, type, subject, workspaceId, data: logged });
    },
    /** Something to do for workers. */
    async run(tx: Transaction, type: "run.requested" | "run.cancel-requested", run: { id: string; workspaceId: string }): Promise<void> {
      await outbox.emit(tx, { topic: topics.run, key: run.id, type, subject: run.id, workspaceId: run.workspaceId, data: run });
    },
  };
}
