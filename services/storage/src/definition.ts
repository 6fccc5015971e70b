import { fileTopic, storageInternalRoutes } from "@rivergen/contracts";
import { defineService } from "@rivergen/service-kit";
import { z } from "zod";
import { createFileHandlers } from "./files/routes.ts";
import { createFileService } from "./files/service.ts";
import { createSweeper } from "./files/sweeper.ts";

const config = z.object({
  UPLOAD_IDLE_TIMEOUT_MS: z.coerce.number().int().positive().default(30_000).describe("An upload that sends nothing for so long is cut"),
  KEEP_DELETED_FILES_MS: z.coerce.number().int().min(0).default(3_600_000).describe("How long the bytes of a deleted file stay for those who still read them"),
  KEEP_ORPHANS_MS: z.coerce.number().int().min(0).default(3_600_000).describe("How long bytes stay that an upload left without publishing them"),
});

export const definition = defineService({
  name: "storage",
  summary: "Owns the files of every workspace: their bytes, their paths and their revisions.",
  config,
  routes: storageInternalRoutes,
  emits: [fileTopic],
  state: { schema: "storage", migrations: new URL("./migrations/", import.meta.url) },
  setup({ config: settings, database, objects, outbox, faultPoint, log }) {
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
      keepDeletedMs: settings.KEEP_DELETED_FILES_MS,
      keepOrphansMs: settings.KEEP_ORPHANS_MS,
      now: Date.now,
      log,
    });
    return { handlers: createFileHandlers(service), start: async () => sweeper.start(), stop: () => sweeper.stop() };
  },
});
