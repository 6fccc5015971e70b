import { Readable } from "node:stream";
import { AppError, type flowRoutes, type FlowSpecification, type FlowTreeNode, type Handlers, toVersionTag, withHeaders } from "@rivergen/contracts";
import { describeFlow, type FlowFormat, toMermaid } from "@rivergen/flow";
import { readText } from "@rivergen/service-kit";
import type { FlowText } from "./checks.ts";
import type { FlowService } from "./service.ts";

const documentBytes = 2 ** 20;
const languages = /^(application\/json|application\/yaml|application\/x-yaml|text\/yaml)\s*(;|$)/i;
const mermaid = "text/vnd.mermaid";

export function createFlowHandlers(service: FlowService): Handlers<typeof flowRoutes> {
  return {
    validateFlow: async ({ stream, headers }) => service.validate(await readDocument(stream, headers["content-type"])),
    getFlowSpecification: async () => service.specification() as FlowSpecification,
    createFlow: async ({ caller, query, stream, headers }) => {
      const flow = await service.create(caller, query.name, await readDocument(stream, headers["content-type"]));
      return withHeaders(flow, { etag: toVersionTag(flow), location: `/v1/flows/${flow.name}` });
    },
    putFlow: async ({ caller, params, stream, headers }) => {
      const { flow, created } = await service.put(caller, params.flow, await readDocument(stream, headers["content-type"]), headers["if-match"]);
      return withHeaders(flow, { etag: toVersionTag(flow) }, created ? 201 : 200);
    },
    listFlows: ({ caller, query }) => service.list(caller.workspaceId, query),
    getFlow: async ({ caller, params, query }) => {
      const flow = await service.get(caller.workspaceId, params.flow, query.version);
      return withHeaders(flow, { etag: toVersionTag(flow) });
    },
    listFlowVersions: ({ caller, params, query }) => service.listVersions(caller.workspaceId, params.flow, query),
    getFlowGraph: async ({ caller, params, query, headers }) => {
      const tree = describeFlow((await service.get(caller.workspaceId, params.flow, query.version)).document);
      if (headers["accept"]?.toLowerCase().includes(mermaid) !== true) return tree as FlowTreeNode;
      return { stream: Readable.from([Buffer.from(toMermaid(tree))]), contentType: `${mermaid}; charset=utf-8` };
    },
    rollbackFlow: ({ caller, params, body }) => service.rollback(caller, params.flow, body.version),
    deleteFlow: ({ caller, params }) => service.remove(caller, params.flow),
  };
}

/** @throws UNSUPPORTED_CONTENT_TYPE, BODY_TOO_LARGE, BODY_NOT_PARSEABLE */
async function readDocument(stream: Readable, contentType: string | undefined): Promise<FlowText> {
  const found = languages.exec(contentType ?? "");
  if (!found) throw new AppError("UNSUPPORTED_CONTENT_TYPE", { detail: "Send the document as application/yaml or application/json." });
  const format: FlowFormat = found[1]?.toLowerCase() === "application/json" ? "json" : "yaml";
  return { text: await readText(stream, documentBytes), format };
}
