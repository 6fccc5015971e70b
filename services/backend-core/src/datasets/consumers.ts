import type { Consumer } from "@rivergen/service-kit";
import type { StoredFile } from "./files.ts";
import type { DatasetService } from "./service.ts";

/** Events in, service call out: stored files may be tables. */
export function createDatasetConsumers(datasets: DatasetService): Consumer[] {
  return [
    {
      group: "backend-core.files",
      topics: ["storage.file.v1"],
      handle: async (tx, { workspaceId, type, data }) => {
        if (workspaceId === null) return;
        if (type === "file.stored") await datasets.onFileStored(tx, workspaceId, data as StoredFile);
        if (type === "file.deleted") await datasets.onFileDeleted(tx, workspaceId, data as { fileId: string; path: string });
      },
    },
  ];
}
