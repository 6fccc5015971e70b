import type { Server } from "node:http";
import { defineService } from "@rivergen/service-kit";
import { passOn } from "./pass-on.ts";

const realtimePath = "/v1/realtime";

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
      attach(server: Server) {
        if (!resources.isLocal("realtime") && url !== undefined) passOn(server, realtimePath, url);
      },
    };
  },
});
