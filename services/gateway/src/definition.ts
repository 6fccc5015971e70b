import type { Server } from "node:http";
import { realtimePath } from "@rivergen/contracts";
import { type App, defineService } from "@rivergen/service-kit";
import { registerDocuments } from "./documents.ts";
import { passOn } from "./pass-on.ts";

export const definition = defineService({
  name: "gateway",
  summary: "The public address: authentication, workspace context, idempotency, limits, and the reference",
  edge: "all",
  routes: {},
  calls: ["backend-core", "storage-orchestration", "agent-prompt-studio", "compute-internal", "realtime"],
  setup(resources) {
    const url = resources.urlOf("realtime");
    return {
      handlers: {},
      attach(server: Server, app: App) {
        registerDocuments(app);
        if (!resources.isLocal("realtime") && url !== undefined) passOn(server, realtimePath, url);
      },
    };
  },
});
