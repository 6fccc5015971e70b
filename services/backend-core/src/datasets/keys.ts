import { createHash } from "node:crypto";
import type { Client, PlanningKey, ServiceRoutes, Transaction } from "@rivergen/contracts";
import { runInBackground } from "@rivergen/service-kit";
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
const searchDeadlineMs = 120_000;

type KeyTables = Parameters<Client<ServiceRoutes["capability-schema-metadata"]>["findKeys"]>[0]["body"]["tables"];

/** The newest versions with what their profiles know; one without a profile has no evidence yet and is left out. */
async function readTables(tx: Transaction, workspaceId: string): Promise<KeyTables> {
  const profiles = new Map((await datasets.columnValues(tx, workspaceId)).map(({ id, profile }) => [id, profile]));
  const text = (value: string | number | boolean | null): string | null => (value === null ? null : String(value));
  return (await datasets.readable(tx, workspaceId, null)).flatMap(({ id, name, objectKey, rowCount }) => {
    const columns = profiles.get(id)?.columns.map(({ name: column, type, nullCount, distinctCount, distinctIsExact, min, max }) => ({
      name: column,
      type,
      nullCount,
      distinctCount,
      distinctIsExact,
      min: text(min),
      max: text(max),
    }));
    return columns ? [{ name, objectKey, rowCount, columns }] : [];
  });
}

export function createKeyFinder({ inWorkspace, intake, log }: Dependencies) {
  const searching = new Map<string, Promise<FoundKeys>>();

  async function find(workspaceId: string): Promise<FoundKeys> {
    const { tables, kept } = await inWorkspace(workspaceId, async (tx) => ({
      tables: await readTables(tx, workspaceId),
      kept: await datasets.findKeys(tx, workspaceId),
    }));
    const fingerprint = createHash("sha256")
      .update(JSON.stringify(tables.map(({ name, objectKey }) => [name, objectKey])))
      .digest("hex");
    if (kept?.fingerprint === fingerprint) return kept;
    // Two questions at once share one search: it must not end with the one that asked first.
    const key = `${workspaceId} ${fingerprint}`;
    const begin = () => search(workspaceId, fingerprint, tables.slice(0, mostTables)).finally(() => searching.delete(key));
    const running = searching.get(key) ?? runInBackground(begin);
    searching.set(key, running);
    // Questions can be answered without keys, only without joins: a failed search is tried again with the next one.
    return running.catch((error: unknown) => {
      log.warn({ err: error }, "keys could not be looked for");
      return { keys: kept?.keys ?? [], primaryKeys: kept?.primaryKeys ?? {} };
    });
  }

  async function search(workspaceId: string, fingerprint: string, tables: KeyTables): Promise<FoundKeys> {
    const found =
      tables.length === 0 ? { keys: [], primaryKeys: {} } : await intake(workspaceId).findKeys({ body: { tables } }, { deadlineMs: searchDeadlineMs });
    await inWorkspace(workspaceId, (tx) => datasets.saveKeys(tx, workspaceId, { fingerprint, ...found }));
    return found;
  }

  return { find };
}
