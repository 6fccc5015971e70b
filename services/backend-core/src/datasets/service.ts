import { AppError, type Caller, type Dataset, type Lineage } from "@rivergen/contracts";
import { createDatasetFiles, type FilesDependencies } from "./files.ts";
import { requireColumns, requireDataset, showDataset } from "./find.ts";
import type { RunLineage } from "../runs/lineage.ts";
import { datasetRepository as datasets, type DatasetRow, type Described } from "./repository.ts";
import { datasetLineage } from "./lineage.ts";
import { describeColumns, toDataset } from "./view.ts";

interface Description {
  readonly description?: string | undefined;
  readonly columns?: readonly ({ name: string } & Described)[] | undefined;
}

export type DatasetService = ReturnType<typeof createDatasetService>;

interface CatalogDependencies extends FilesDependencies {
  /** What a run wrote, column by column. */
  readonly runLineage: RunLineage;
}

/** The catalog: what datasets there are, what is known of them, and how files become them. */
export function createDatasetService(dependencies: CatalogDependencies) {
  return { ...createDatasetFiles(dependencies), ...createCatalog(dependencies) };
}

function createCatalog({ inWorkspace, events, reader, runLineage }: CatalogDependencies) {
  /** @throws DATASET_NOT_FOUND for absent and foreign datasets alike */
  async function get(workspaceId: string, idOrName: string): Promise<Dataset> {
    return inWorkspace(workspaceId, (tx) => showDataset(tx, workspaceId, idOrName));
  }

  async function list(workspaceId: string, { limit, cursor }: { limit: number; cursor?: string | undefined }) {
    const rows = await inWorkspace(workspaceId, (tx) => datasets.list(tx, workspaceId, cursor, limit + 1));
    return {
      items: rows.slice(0, limit).map((row) => toDataset(row)),
      nextCursor: rows.length > limit ? ((rows[limit - 1] as DatasetRow).name ?? null) : null,
    };
  }

  /** Changes what people and the planner read; the same again emits nothing. @throws DATASET_NOT_FOUND, INVALID_REQUEST for unknown columns */
  async function describe(workspaceId: string, idOrName: string, given: Description): Promise<Dataset> {
    return inWorkspace(workspaceId, async (tx) => {
      const row = await requireDataset(tx, workspaceId, idOrName);
      const { description, described } = mergeDescription(row, given);
      if (description === row.description && JSON.stringify(described) === JSON.stringify(row.described)) return toDataset(row);
      await datasets.describe(tx, workspaceId, row.id, { description, described });
      await events.append(tx, workspaceId, {
        type: "dataset.updated",
        subject: row.id,
        channels: [`dataset:${row.id}`],
        data: { name: row.name, version: row.version, status: row.status },
      });
      return toDataset(await requireDataset(tx, workspaceId, row.id));
    });
  }

  async function remove(workspaceId: string, idOrName: string): Promise<void> {
    await inWorkspace(workspaceId, async (tx) => {
      const row = await requireDataset(tx, workspaceId, idOrName);
      await datasets.remove(tx, workspaceId, row.id);
      await events.append(tx, workspaceId, { type: "dataset.deleted", subject: row.id, channels: [`dataset:${row.id}`], data: { name: row.name } });
    });
  }

  async function listVersions(workspaceId: string, idOrName: string, { limit, cursor }: { limit: number; cursor?: string | undefined }) {
    const before = cursor === undefined || !/^\d{1,9}$/.test(cursor) ? undefined : Number(cursor);
    const rows = await inWorkspace(workspaceId, async (tx) =>
      datasets.listVersions(tx, workspaceId, (await requireDataset(tx, workspaceId, idOrName)).id, before, limit + 1),
    );
    const items = rows.slice(0, limit).map(({ objectKey: _, columns: __, ...version }) => version);
    return { items, nextCursor: rows.length > limit ? String(items.at(-1)?.version) : null };
  }

  /** @throws DATASET_NOT_READY before the first version */
  async function profile(workspaceId: string, idOrName: string) {
    const row = await inWorkspace(workspaceId, (tx) => requireDataset(tx, workspaceId, idOrName));
    if (row.version === 0) throw new AppError("DATASET_NOT_READY");
    const kept = await inWorkspace(workspaceId, (tx) => datasets.findProfile(tx, workspaceId, row.id, row.version));
    return kept ?? (await reader.profileVersion(workspaceId, row.id));
  }

  async function lineage(caller: Caller, idOrName: string): Promise<Lineage> {
    const row = await inWorkspace(caller.workspaceId, (tx) => requireDataset(tx, caller.workspaceId, idOrName));
    return datasetLineage(row, row.source.run === undefined ? null : await runLineage(caller, row.source.run));
  }

  /** Where the rows of datasets lie; unknown names are missing in the answer. */
  async function resolve(workspaceId: string, wanted: readonly { name: string; version?: number | undefined }[] | null) {
    const rows = await inWorkspace(workspaceId, (tx) => datasets.readable(tx, workspaceId, wanted));
    return rows.map(({ described, ...row }) => ({ ...row, columns: describeColumns(row.columns, described) }));
  }

  return { get, list, describe, remove, listVersions, profile, lineage, resolve };
}

/** What was said before with what is said now. @throws INVALID_REQUEST for unknown columns */
function mergeDescription(row: DatasetRow, given: Description): Pick<DatasetRow, "description" | "described"> {
  const described = { ...row.described };
  requireColumns(
    row,
    (given.columns ?? []).map(({ name }, i) => ({ name, path: `/columns/${i}/name` })),
  );
  for (const { name, ...said } of given.columns ?? []) described[name] = { ...described[name], ...said };
  return { description: given.description ?? row.description, described };
}
