import type { Consumer } from "@rivergen/service-kit";
import type { StoredFile } from "./files.ts";
import type { DatasetService } from "./service.ts";

/** Events in, service call out: stored files may be tables. */
export function createDatasetConsumers(datasets: DatasetService): Consumer[] {
  return [
    {
      group: "backend-core.files",
      topics: ["storage.file.v1"],
      handle: (tx, message) =>
        message.workspaceId === null || message.type !== "file.stored"
          ? Promise.resolve()
          : datasets.onFileStored(tx, message.workspaceId, message.data as StoredFile),
    },
  ];
}
