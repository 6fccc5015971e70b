import type { Handlers, storageInternalRoutes } from "@rivergen/contracts";
import type { FileService } from "./service.ts";

/** HTTP in, service call out; nothing is decided here. */
export function createFileHandlers(service: FileService): Handlers<typeof storageInternalRoutes> {
  return {
    storeFile: ({ caller, query, stream, signal }) =>
      service.store({ ...query, workspaceId: caller.workspaceId, requestKey: caller.requestKey, stream, signal }),
    renewFile: ({ caller, body, signal }) => service.renew(caller.workspaceId, body.file, signal),
    findFile: ({ caller, query }) => service.find(caller.workspaceId, query.file),
    listStoredFiles: ({ caller, query }) => service.list(caller.workspaceId, query),
    removeFile: async ({ caller, query }) => ({ removed: await service.remove(caller.workspaceId, query.file) }),
  };
}
