import type { catalogInternalRoutes, datasetRoutes, Handlers } from "@rivergen/contracts";
import { readWait } from "@rivergen/service-kit";
import type { DatasetService } from "./service.ts";

export function createDatasetHandlers(service: DatasetService): Handlers<typeof datasetRoutes & typeof catalogInternalRoutes> {
  return {
    listDatasets: ({ caller, query }) => service.list(caller.workspaceId, query),
    getDataset: ({ caller, params }) => service.get(caller.workspaceId, params.dataset),
    describeDataset: ({ caller, params, body }) => service.describe(caller.workspaceId, params.dataset, body),
    deleteDataset: ({ caller, params }) => service.remove(caller.workspaceId, params.dataset),
    listDatasetVersions: ({ caller, params, query }) => service.listVersions(caller.workspaceId, params.dataset, query),
    getDatasetProfile: ({ caller, params }) => service.profile(caller.workspaceId, params.dataset),
    getDatasetLineage: ({ caller, params }) => service.lineage(caller, params.dataset),
    rereadDataset: ({ caller, params, body, headers, signal }) =>
      service.reread(caller, params.dataset, body as never, readWait(headers["prefer"], 10), signal),
    resolveDatasets: ({ caller, body }) => service.resolve(caller.workspaceId, body.datasets),
    waitForDataset: ({ caller, body, signal }) => service.waitFor(caller.workspaceId, body.objectKey, body.waitMs, signal),
    checkDatasetName: ({ caller, body }) => service.checkName(caller.workspaceId, body.path, body.dataset, body.mode),
  };
}
