import type { Handlers, promptHistoryRoutes, promptInternalRoutes } from "@rivergen/contracts";
import type { PromptService } from "./service.ts";

export function createPromptHandlers(service: PromptService): Handlers<typeof promptHistoryRoutes & typeof promptInternalRoutes> {
  return {
    listPrompts: ({ caller, query }) => service.list(caller.workspaceId, query),
    planningCatalog: ({ caller, body }) => service.catalog(caller.workspaceId, body.datasets),
    findPrompt: ({ caller, query }) => service.find(caller.workspaceId, query.prompt),
    savePrompt: ({ caller, body }) => service.save(caller, body),
  };
}
