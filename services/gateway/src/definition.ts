import type { Server } from "node:http";
import { fileURLToPath } from "node:url";
import { realtimePath } from "@rivergen/contracts";
import { type App, defineService } from "@rivergen/service-kit";
import { z } from "zod";
import { registerDocuments } from "./documents.ts";
import { passOn } from "./pass-on.ts";
import { registerPlatformHealth } from "./platform-health.ts";
import { registerWeb } from "./web.ts";

const config = z.object({
  WEB_FOLDER: z.string().optional().describe("Build of the web client; absent: the one of services/web"),
});

const builtHere = fileURLToPath(new URL("../../web/dist", import.meta.url));

export const definition = defineService({
  name: "gateway",
  summary: "The public address: authentication, workspace context, idempotency, limits, the reference and the web client",
  edge: "all",
  config,
  routes: {},
  calls: ["backend-core", "storage-orchestration", "agent-prompt-studio", "compute-internal", "realtime"],
  setup(resources) {
    const url = resources.urlOf("realtime");
    return {
      handlers: {},
      async attach(server: Server, app: App) {
        registerDocuments(app);
        registerPlatformHealth(app, resources);
        const folder = resources.config.WEB_FOLDER ?? builtHere;
        if (!(await registerWeb(app, folder))) resources.log.warn({ folder }, "no web client was found");
        if (!resources.isLocal("realtime") && url !== undefined) passOn(server, realtimePath, url);
      },
    };
  },
});
