import type { Handlers, objectInternalRoutes } from "@rivergen/contracts";
import type { ReferenceService } from "./service.ts";

export function createObjectHandlers(references: ReferenceService): Handlers<typeof objectInternalRoutes> {
  return {
    findReferencedObjects: async ({ caller, body }) => ({ objectKeys: await references.find(caller.workspaceId, body.objectKeys) }),
  };
}
