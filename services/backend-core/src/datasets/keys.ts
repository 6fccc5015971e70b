import { createHash } from "node:crypto";
import type { Client, PlanningKey, ServiceRoutes, Transaction } from "@rivergen/contracts";
import { datasetRepository as datasets } from "./repository.ts";

interface Dependencies {
  readonly inWorkspace: <T>(workspaceId: string, work: (tx: Transaction) => Promise<T>) => Promise<T>;
  readonly intake: (workspaceId: string) => Client<ServiceRoutes["capability-schema-metadata"]>;
  readonly log: { warn(fields: object, message: string): void };
}
export interface FoundKeys {
  readonly keys: readonly PlanningKey[];
  readonly primaryKeys: Readonly<Record<string, string[]>>;
}

/** Keys between the tables of a workspace: looked for again only when a table has changed. */
export type KeyFinder = ReturnType<typeof createKeyFinder>;

const mostTables = 60;

export function createKeyFinder({ inWorkspace, intake, log }: Dependencies) {
  const searching = new Map<string, Promise<FoundKeys>>();

  async function find(workspaceId: string): Promise<FoundKeys> {
    const tables = await inWorkspace(workspaceId, (tx) => datasets.readable(tx, workspaceId, null));
    const fingerprint = createHash("sha256")
      .update(JSON.stringify(tables.map(({ id, name, version }) => [id, name, version])))
      .digest("hex");
    const kept = await inWorkspace(workspaceId, (tx) => datasets.findKeys(tx, workspaceId));
    if (kept?.fingerprint === fingerprint) return kept;
    // Two questions at once share one search.
    const key = `${workspaceId} ${fingerprint}`;
    const running = searching.get(key) ?? search(workspaceId, fingerprint, tables.slice(0, mostTables)).finally(() => searching.delete(key));
    searching.set(key, running);
    // Questions can be answered without keys, only without joins: a failed search is tried again with the next one.
    return running.catch((error: unknown) => {
      log.warn({ err: error }, "keys could not be looked for");
      return { keys: kept?.keys ?? [], primaryKeys: kept?.primaryKeys ?? {} };
    });
  }

  async function search(workspaceId: string, fingerprint: string, tables: Awaited<ReturnType<typeof datasets.readable>>): Promise<FoundKeys> {
    const found =
      tables.length < 1
        ? { keys: [], primaryKeys: {} }
        : await intake(workspaceId).findKeys(
            { body: { tables: tables.map(({ name, objectKey, rowCount, columns }) => ({ name, objectKey, rowCount, columns })) } },
            { deadlineMs: 120_000 },
          );
    await inWorkspace(workspaceId, (tx) => datasets.saveKeys(tx, workspaceId, { fingerprint, ...found }));
    return found;
  }

  return { find };
}
