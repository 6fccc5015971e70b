import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { after, before, test } from "node:test";
import { AppError, type FileStored, type Transaction } from "@rivergen/contracts";
import {
  createDatabase,
  type Database,
  type EmbeddedPostgres,
  ensureDatabase,
  listUnprotectedTables,
  migrate,
  removeEmbeddedPostgres,
  startEmbeddedPostgres,
} from "@rivergen/database";
import { createPostgresFabric, type EventFabric, eventTables, FABRIC_SCHEMA, fabricTables } from "@rivergen/event-fabric";
import { createFolderStore, type ObjectStore } from "@rivergen/object-store";
import { createFileService, type FileDependencies, type Upload } from "./service.ts";

const schema = "storage";
let home: string;
let server: EmbeddedPostgres;
let database: Database;
let fabricDatabase: Database;
let fabric: EventFabric;
let objects: ObjectStore;

before(async () => {
  home = await mkdtemp(join(tmpdir(), "rivergen-storage-"));
  server = await startEmbeddedPostgres({ home });
  const { adminUrl, secret } = server;
  const urls = await ensureDatabase({ adminUrl, schemas: [schema, FABRIC_SCHEMA], secret });
  await migrate({ adminUrl, schema: FABRIC_SCHEMA, before: fabricTables() });
  await migrate({ adminUrl, schema, folder: new URL("../migrations/", import.meta.url), before: eventTables(schema) });
  database = createDatabase(urls[schema] as { url: string; systemUrl: string });
  fabricDatabase = createDatabase(urls[FABRIC_SCHEMA] as { url: string; systemUrl: string });
  fabric = createPostgresFabric({ database: fabricDatabase });
  objects = await createFolderStore({ folder: join(home, "objects"), secret: "of this test" });
});
after(async () => {
  await fabric.close();
  await Promise.all([database.close(), fabricDatabase.close()]);
  await server.stop();
  await removeEmbeddedPostgres({ home });
  await rm(home, { recursive: true, force: true });
});

interface Said {
  readonly type: string;
  readonly data: FileStored;
}

/** The service on real stores; `said` is what it wrote to its outbox in transactions that committed. */
function createService(overrides: Partial<FileDependencies> = {}) {
  const said: Said[] = [];
  const outbox = fabric.outbox({ schema, source: "/storage" });
  const service = createFileService({
    inWorkspace: (workspaceId, work) => database.inWorkspace(workspaceId, work),
    objects,
    async emit(tx: Transaction, event) {
      await outbox.emit(tx, event);
      tx.afterCommit(() => said.push(event as unknown as Said));
    },
    faultPoint: () => undefined,
    maxUploadBytes: 1_000,
    idleTimeoutMs: 5_000,
    ...overrides,
  });
  return { service, said };
}

let workspaces = 0;
const createWorkspace = (): string => `wsp_${(workspaces += 1)}`;

function upload(workspaceId: string, path: string, text: string, rest: Partial<Upload> = {}): Upload {
  return {
    workspaceId,
    path,
    contentType: "text/csv",
    mode: "replace",
    stream: Readable.from([Buffer.from(text)]),
    signal: new AbortController().signal,
    ...rest,
  };
}

async function keysOf(workspaceId: string): Promise<string[]> {
  return (await objects.list(`files/${workspaceId}/`)).items.map(({ key }) => key);
}

const failsWith = (code: string) => (error: unknown) => error instanceof AppError && error.code === code;

test("what is stored is there byte for byte, with its event; the same again keeps nothing and says nothing", async () => {
  const { service, said } = createService();
  const workspace = createWorkspace();
  const first = await service.store(upload(workspace, "a/b.csv", "x,y\n1,2\n", { dataset: "named" }));
  assert.deepEqual([first.replaced, first.unchanged, first.file.sizeBytes], [false, false, 8]);
  assert.equal(first.file.sha256, createHash("sha256").update("x,y\n1,2\n").digest("hex"));
  const again = await service.store(upload(workspace, "a/b.csv", "x,y\n1,2\n", { dataset: "named" }));
  assert.deepEqual(again, { file: first.file, replaced: true, unchanged: true });
  assert.deepEqual(await keysOf(workspace), [first.file.objectKey]);
  assert.deepEqual(
    said.map(({ type, data }) => [type, data.fileId, data.objectKey, data.dataset, data.mode]),
    [["file.stored", first.file.id, first.file.objectKey, "named", "replace"]],
  );
});

test("other bytes are the next revision of the same file; the revision before stays readable", async () => {
  const { service, said } = createService();
  const workspace = createWorkspace();
  const first = await service.store(upload(workspace, "a.csv", "1"));
  const second = await service.store(upload(workspace, "a.csv", "2"));
  assert.equal(second.file.id, first.file.id);
  assert.equal(second.replaced, true);
  assert.notEqual(second.file.objectKey, first.file.objectKey);
  assert.equal((await keysOf(workspace)).length, 2);
  assert.equal(said.length, 2);
});

test("appending the same twice are two revisions", async () => {
  const { service, said } = createService();
  const workspace = createWorkspace();
  for (let i = 0; i < 2; i++) await service.store(upload(workspace, "a.csv", "1", { mode: "append" }));
  assert.equal(said.length, 2);
});

test("uploads to one path at the same time leave one file with as many revisions as were said", async () => {
  let isOpen = false;
  let waiting = 0;
  const gate = Promise.withResolvers<void>();
  // Both transactions are held until both have begun: who comes second must wait for the first.
  const inWorkspace: FileDependencies["inWorkspace"] = (workspaceId, work) =>
    database.inWorkspace(workspaceId, async (tx) => {
      if (!isOpen && (waiting += 1) === 2) gate.resolve();
      await gate.promise;
      isOpen = true;
      return work(tx);
    });
  const { service, said } = createService({ inWorkspace });
  const workspace = createWorkspace();
  const stored = await Promise.all(["1", "2"].map((text) => service.store(upload(workspace, "a.csv", text))));
  assert.deepEqual(new Set(stored.map(({ replaced }) => replaced)), new Set([false, true]));
  const { items } = await service.list(workspace, { limit: 10 });
  assert.equal(items.length, 1);
  assert.deepEqual(new Set(await keysOf(workspace)), new Set(said.map(({ data }) => data.objectKey)));
  assert.equal(said.at(-1)?.data.objectKey, items[0]?.objectKey);
});

test("what is refused or fails keeps nothing", async () => {
  const { service, said } = createService();
  const workspace = createWorkspace();
  await assert.rejects(service.store(upload(workspace, "../a", "1")), failsWith("INVALID_FILE_PATH"));
  await assert.rejects(service.store(upload(workspace, "a", "x".repeat(1_001))), failsWith("BODY_TOO_LARGE"));
  await assert.rejects(service.store(upload(workspace, "a", "x", { sizeBytes: 1_001 })), failsWith("BODY_TOO_LARGE"));
  await assert.rejects(service.store(upload(workspace, "a", "x", { sizeBytes: 2 })), failsWith("UPLOAD_INCOMPLETE"));
  await assert.rejects(service.store(upload(workspace, "a", "x", { sha256: "0".repeat(64) })), failsWith("DIGEST_MISMATCH"));
  const failing = createService({ emit: () => Promise.reject(new AppError("STORE_UNAVAILABLE")) });
  await assert.rejects(failing.service.store(upload(workspace, "a", "x")), failsWith("STORE_UNAVAILABLE"));
  assert.deepEqual([await keysOf(workspace), said, (await service.list(workspace, { limit: 10 })).items], [[], [], []]);
});

test("a renewed file has the same bytes under a new object, and says so", async () => {
  const { service, said } = createService();
  const workspace = createWorkspace();
  const { file } = await service.store(upload(workspace, "a.csv", "1"));
  const renewed = await service.renew(workspace, file.id, new AbortController().signal);
  assert.deepEqual({ ...renewed, objectKey: file.objectKey }, file);
  assert.notEqual(renewed.objectKey, file.objectKey);
  assert.equal(said.length, 2);
  await assert.rejects(service.renew(workspace, "absent", new AbortController().signal), failsWith("FILE_NOT_FOUND"));
});

test("files of another workspace are absent: to find, to list, to remove, to renew", async () => {
  const { service } = createService();
  const [mine, theirs] = [createWorkspace(), createWorkspace()];
  const { file } = await service.store(upload(mine, "a.csv", "1"));
  assert.equal(await service.find(theirs, file.id), null);
  assert.equal(await service.find(theirs, "a.csv"), null);
  assert.deepEqual((await service.list(theirs, { limit: 10 })).items, []);
  assert.equal(await service.remove(theirs, file.id), false);
  await assert.rejects(service.renew(theirs, file.id, new AbortController().signal), failsWith("FILE_NOT_FOUND"));
  await assert.rejects(service.list(theirs, { limit: 10, cursor: file.id }), failsWith("INVALID_REQUEST"));
  assert.equal((await service.find(mine, "a.csv"))?.id, file.id);
});

test("row-level security alone keeps workspaces apart", async () => {
  const { service } = createService();
  const [mine, theirs] = [createWorkspace(), createWorkspace()];
  await service.store(upload(mine, "a.csv", "1"));
  for (const table of ["files", "revisions"]) {
    assert.deepEqual(await database.inWorkspace(theirs, (tx) => tx.rows(`select * from storage.${table}`)), []);
  }
  assert.deepEqual(await listUnprotectedTables(server.adminUrl, [schema]), []);
});

test("the application's filter alone keeps workspaces apart", async () => {
  const { service } = createService();
  const unguarded = createService({ inWorkspace: (_workspaceId, work) => database.inSystem(work) }).service;
  const [mine, theirs] = [createWorkspace(), createWorkspace()];
  const { file } = await service.store(upload(mine, "a.csv", "1"));
  assert.equal((await unguarded.find(mine, file.id))?.id, file.id);
  assert.deepEqual(
    [await unguarded.find(theirs, file.id), await unguarded.remove(theirs, file.id), (await unguarded.list(theirs, { limit: 10 })).items],
    [null, false, []],
  );
});
