import type { accountInternalRoutes, accountRoutes, Handlers } from "@rivergen/contracts";
import type { RequestService } from "../requests/service.ts";
import type { AccountService } from "./service.ts";

/** HTTP in, service call out; nothing is decided here. */
export function createAccountHandlers(service: AccountService, requests: RequestService): Handlers<typeof accountRoutes & typeof accountInternalRoutes> {
  return {
    signUp: ({ body }) => service.signUp(body),
    signIn: ({ body }) => service.signIn(body),
    localLink: ({ body }) => service.useLocalLink(body.code),
    getSession: ({ caller }) => service.describeSession(caller),
    signOut: ({ caller }) => service.signOut(caller.credential ?? ""),
    createApiKey: ({ caller, body }) => service.createKey(caller, body) as never,
    listApiKeys: ({ caller, query }) => service.listKeys(caller.userId, query) as never,
    deleteApiKey: ({ caller, params }) => service.deleteKey(caller.userId, params.id),
    createWorkspace: ({ caller, body }) => service.createWorkspace(caller, body.name),
    listWorkspaces: ({ caller, query }) => service.listWorkspaces(caller, query),
    renameWorkspace: ({ caller, params, body }) => service.renameWorkspace(caller, params.id, body.name),
    resolveCredential: ({ body }) => service.resolve(body.token),
    beginRequest: ({ body }) => requests.begin(body),
    finishRequest: ({ body }) => requests.finish(body),
  };
}
