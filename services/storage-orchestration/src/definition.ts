import { fileRoutes } from "@rivergen/contracts";
import { currentContext, defineService, runInContext } from "@rivergen/service-kit";
import { z } from "zod";
import { createFileHandlers } from "./files/routes.ts";
import { createFileService } from "./files/service.ts";

const answerMarginMs = 15_000;

const config = z.object({
  UPLOAD_TIMEOUT_MS: z.coerce.number().int().positive().max(2_147_483_647).default(86_400_000).describe("Longest time one upload may take"),
});

/** Lets work outlive the deadline that requests have: an upload takes as long as its sender's line. */
function withDeadline<T>(deadlineMs: number, work: () => Promise<T>): Promise<T> {
  const context = currentContext();
  return context ? runInContext({ ...context, deadlineAt: Date.now() + deadlineMs }, work) : work();
}

export const definition = defineService({
  name: "storage-orchestration",
  summary: "Takes uploads as streams and gives files out again; keeps nothing itself.",
  config,
  routes: fileRoutes,
  calls: ["storage", "backend-core"],
  edge: "own",
  setup({ config: settings, client, objects }) {
    const service = createFileService({
      maxUploadBytes: settings.MAX_UPLOAD_BYTES,
      uploadTimeoutMs: settings.UPLOAD_TIMEOUT_MS,
      answerMarginMs,
      now: Date.now,
    });
    const handlers = createFileHandlers({
      service,
      as: (caller) => ({ storage: client("storage", caller), core: client("backend-core", caller) }),
      open: async (key, range, signal) => (await objects.get(key, { ...range, signal })).stream,
      unhurried: (work) => withDeadline(settings.UPLOAD_TIMEOUT_MS, work),
    });
    return { handlers };
  },
});
