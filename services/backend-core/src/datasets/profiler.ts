import { AppError, type Client, type Profile, type ServiceRoutes, type Transaction } from "@rivergen/contracts";
import { datasetRepository as datasets } from "./repository.ts";

export interface ProfilerDependencies {
  readonly inWorkspace: <T>(workspaceId: string, work: (tx: Transaction) => Promise<T>) => Promise<T>;
  readonly intake: (workspaceId: string) => Client<ServiceRoutes["capability-schema-metadata"]>;
}

const profileDeadlineMs = 15 * 60_000;

/** Profiles a version that a river wrote: on first demand. @throws DATASET_NOT_READY */
export async function profileVersion({ inWorkspace, intake }: ProfilerDependencies, workspaceId: string, id: string): Promise<Profile> {
  const row = await inWorkspace(workspaceId, (tx) => datasets.find(tx, workspaceId, id));
  const [version] = row ? await inWorkspace(workspaceId, (tx) => datasets.listVersions(tx, workspaceId, id, undefined, 1)) : [];
  if (!row || !version) throw new AppError("DATASET_NOT_READY");
  const result = await intake(workspaceId).readFile(
    {
      body: {
        objectKey: version.objectKey,
        path: `${row.name}.parquet`,
        contentType: "application/vnd.apache.parquet",
        targetKey: version.objectKey,
        dialect: null,
        types: null,
        append: null,
      },
    },
    { deadlineMs: profileDeadlineMs },
  );
  if (result.status !== "ready") throw new AppError("DATASET_NOT_READY");
  await inWorkspace(workspaceId, (tx) =>
    datasets.setProfile(tx, workspaceId, id, version.version, {
      profile: result.profile,
      columns: mergeLabels(version.columns, result.columns),
      values: result.values,
    }),
  );
  return result.profile;
}

function mergeLabels<C extends { name: string; labels: string[] }>(kept: readonly C[], found: readonly C[]): C[] {
  return kept.map((column) => ({ ...column, labels: [...new Set([...column.labels, ...(found.find(({ name }) => name === column.name)?.labels ?? [])])] }));
}
