import { fileTopic, storageInternalRoutes } from "@rivergen/contracts";
import { defineService } from "@rivergen/service-kit";
import { z } from "zod";
import { createFileHandlers } from "./files/routes.ts";
import { createFileService } from "./files/service.ts";
import { createSweeper } from "./objects/sweeper.ts";

const config = z.object({
  UPLOAD_IDLE_TIMEOUT_MS: z.coerce.number().int().positive().default(30_000).describe("An upload that sends nothing for so long is cut"),
  KEEP_UNREFERENCED_MS: z.coerce
    .number()
    .int()
    .min(0)
    .default(3_600_000)
    .describe("How long an object stays that nothing leads to any more: bytes of deleted files, tables of deleted datasets, what broken work left"),
});

export const definition = defineService({
  name: "storage",
  summary: "Owns the files of every workspace: their bytes, their paths and their revisions.",
  config,
  routes: storageInternalRoutes,
  calls: ["backend-core"],
  emits: [fileTopic],
  state: { schema: "storage", migrations: new URL("./migrations/", import.meta.url) },
  setup({ config: settings, database, objects, outbox, faultPoint, log, metrics, client, asService }) {
    const service = createFileService({
      inWorkspace: (workspaceId, work) => database.inWorkspace(workspaceId, work),
      objects,
      emit: (tx, event) => outbox.emit(tx, event),
      faultPoint,
      maxUploadBytes: settings.MAX_UPLOAD_BYTES,
      idleTimeoutMs: settings.UPLOAD_IDLE_TIMEOUT_MS,
    });
    const sweeper = createSweeper({
      inSystem: (work) => database.inSystem(work),
      objects,
      findReferenced: async (workspaceId, objectKeys) =>
        (await client("backend-core", asService(workspaceId)).findReferencedObjects({ body: { objectKeys: [...objectKeys] } })).objectKeys,
      keepMs: settings.KEEP_UNREFERENCED_MS,
      now: Date.now,
      faultPoint,
      log,
      metrics,
    });
    return { handlers: createFileHandlers(service), start: async () => sweeper.start(), stop: () => sweeper.stop() };
  },
});
