import { AppError, type Handlers, type riverRoutes, toVersionTag, withHeaders } from "@rivergen/contracts";
import { readText } from "@rivergen/service-kit";
import type { Readable } from "node:stream";
import type { DocumentSource } from "./checks.ts";
import type { RiverService } from "./service.ts";

const documentBytes = 2 ** 20;
const languages = /^(application\/json|application\/yaml|application\/x-yaml|text\/yaml|application\/hocon)\s*(;|$)/i;

export function createRiverHandlers(service: RiverService): Handlers<typeof riverRoutes> {
  return {
    validateRiver: async ({ caller, stream, headers }) => service.validate(caller, await readDocument(stream, headers["content-type"])),
    createRiver: async ({ caller, stream, headers }) => {
      const river = await service.create(caller, await readDocument(stream, headers["content-type"]));
      return withHeaders(river, { etag: toVersionTag(river), location: `/v1/rivers/${river.name}` });
    },
    putRiver: async ({ caller, params, stream, headers }) => {
      const { river, created } = await service.put(caller, params.river, await readDocument(stream, headers["content-type"]), headers["if-match"]);
      return withHeaders(river, { etag: toVersionTag(river) }, created ? 201 : 200);
    },
    saveDraft: ({ caller, params, body }) => service.save(caller, params.river, body.name),
    listRivers: ({ caller, query }) => service.list(caller.workspaceId, query),
    getRiver: async ({ caller, params, query }) => {
      const river = await service.get(caller.workspaceId, params.river, query.version);
      return withHeaders(river, { etag: toVersionTag(river) });
    },
    listRiverVersions: ({ caller, params, query }) => service.listVersions(caller.workspaceId, params.river, query),
    rollbackRiver: ({ caller, params, body }) => service.rollback(caller, params.river, body.version),
    deleteRiver: ({ caller, params }) => service.remove(caller, params.river),
    planRiver: ({ caller, params, body }) => service.plan(caller, params.river, body.parameters ?? {}),
  };
}

/** @throws UNSUPPORTED_CONTENT_TYPE, BODY_TOO_LARGE, BODY_NOT_PARSEABLE */
async function readDocument(stream: Readable, contentType: string | undefined): Promise<DocumentSource> {
  const found = languages.exec(contentType ?? "");
  if (!found) throw new AppError("UNSUPPORTED_CONTENT_TYPE", { detail: "Send the document as application/yaml or application/json." });
  const type = (found[1] as string).toLowerCase();
  return {
    kind: "text",
    text: await readText(stream, documentBytes),
    contentType: type === "application/json" || type === "application/hocon" ? type : "application/yaml",
  };
}
