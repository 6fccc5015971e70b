import { type Caller, type fileRoutes, type Handlers, withHeaders } from "@rivergen/contracts";
import { readWait } from "@rivergen/service-kit";
import { answerContent, type OpenObject, toETag } from "./download.ts";
import { type FileService, type Neighbours, toFile } from "./service.ts";

const defaultWaitSeconds = 10;

interface Dependencies {
  readonly service: FileService;
  readonly as: (caller: Caller) => Neighbours;
  readonly open: OpenObject;
  /** Runs work that may take longer than a request. */
  readonly unhurried: <T>(work: () => Promise<T>) => Promise<T>;
}

/** HTTP in, service call out; nothing is decided here. */
export function createFileHandlers({ service, as, open, unhurried }: Dependencies): Handlers<typeof fileRoutes> {
  return {
    putFile: async ({ caller, params, query, stream, headers, signal }) => {
      const waitMs = readWait(headers["prefer"], defaultWaitSeconds);
      const given = { path: params.file, dataset: query.dataset, mode: query.mode, headers, waitMs, stream, signal };
      const { file, dataset, replaced } = await unhurried(() => service.upload(as(caller), given));
      return withHeaders({ file: toFile(file), dataset }, { etag: toETag(file), location: `/v1/files/${file.id}` }, replaced ? 200 : 201);
    },
    listFiles: ({ caller, query }) => service.list(as(caller), query),
    getFile: async ({ caller, params }) => toFile(await service.get(as(caller), params.file)),
    getFileContent: async ({ caller, params, headers, signal }) => answerContent(await service.get(as(caller), params.file), headers, open, signal),
    deleteFile: ({ caller, params }) => service.remove(as(caller), params.file),
  };
}
