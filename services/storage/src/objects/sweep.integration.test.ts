import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { after, before, beforeEach, test } from "node:test";
import {
  createDatabase,
  type Database,
  type EmbeddedPostgres,
  ensureDatabase,
  migrate,
  removeEmbeddedPostgres,
  startEmbeddedPostgres,
} from "@rivergen/database";
import { createFolderStore, type ObjectStore } from "@rivergen/object-store";
import { createFileService } from "../files/service.ts";
import { type SweepDependencies, sweepObjects, type Swept } from "./sweep.ts";

const schema = "storage";
const hourMs = 3_600_000;
let home: string;
let server: EmbeddedPostgres;
let database: Database;
let objects: ObjectStore;

before(async () => {
  home = await mkdtemp(join(tmpdir(), "rivergen-sweep-"));
  server = await startEmbeddedPostgres({ home });
  const { adminUrl, secret } = server;
  const urls = await ensureDatabase({ adminUrl, schemas: [schema], secret });
  await migrate({ adminUrl, schema, folder: new URL("../migrations/", import.meta.url) });
  database = createDatabase(urls[schema] as { url: string; systemUrl: string });
  objects = await createFolderStore({ folder: join(home, "objects"), secret: "of this test" });
});
after(async () => {
  await database.close();
  await server.stop();
  await removeEmbeddedPostgres({ home });
  await rm(home, { recursive: true, force: true });
});

beforeEach(async () => {
  for (const { key } of (await objects.list("")).items) await objects.delete(key);
  for (const table of ["files", "revisions", "unreferenced_objects", "sweep_places"]) await database.inSystem((tx) => tx.rows(`delete from storage.${table}`));
});

const forever = new AbortController().signal;
let workspaces = 0;
const createWorkspace = (): string => `wsp_${process.pid}x${(workspaces += 1)}`;

/** A sweep whose clock stands still until it is set; `led` is what datasets and runs lead to. */
function createSweep(overrides: Partial<SweepDependencies> = {}) {
  const led = new Set<string>();
  const failures: string[] = [];
  let hours = 0;
  const dependencies: SweepDependencies = {
    inSystem: (work) => database.inSystem(work),
    objects,
    findReferenced: async (_workspaceId, keys) => keys.filter((key) => led.has(key)),
    keepMs: hourMs,
    now: () => Date.now() + hours * hourMs,
    faultPoint: () => undefined,
    onFailure: (workspaceId) => failures.push(workspaceId),
    ...overrides,
  };
  const later = (more: number): void => void (hours += more);
  return { led, failures, later, dependencies, sweep: (): Promise<Swept> => sweepObjects(dependencies, forever) };
}

const files = createService();
function createService() {
  return createFileService({
    inWorkspace: (workspaceId, work) => database.inWorkspace(workspaceId, work),
    objects: { put: (...given) => objects.put(...given), get: (...given) => objects.get(...given), delete: (key) => objects.delete(key) },
    emit: async () => undefined,
    faultPoint: () => undefined,
    maxUploadBytes: 1_000,
    idleTimeoutMs: 5_000,
  });
}
async function upload(workspaceId: string, path: string, text: string) {
  const stream = Readable.from([Buffer.from(text)]);
  return (await files.store({ workspaceId, path, contentType: "text/csv", mode: "replace", stream, signal: forever })).file;
}
const put = (key: string): Promise<unknown> => objects.put(key, Buffer.from("12345"));

async function keysOf(workspaceId: string): Promise<string[]> {
  const pages = await Promise.all([`files/${workspaceId}/`, `${workspaceId}/`].map((prefix) => objects.list(prefix)));
  return pages.flatMap(({ items }) => items.map(({ key }) => key));
}

test("what nothing leads to for an hour is deleted, and nothing else", async () => {
  const { led, later, sweep } = createSweep();
  const workspace = createWorkspace();
  const newest = (await upload(workspace, "kept.csv", "1")).objectKey;
  const deleted = await upload(workspace, "deleted.csv", "2");
  const replaced = (await upload(workspace, "replaced.csv", "3")).objectKey;
  const needed = (await upload(workspace, "needed.csv", "4")).objectKey;
  const renewed = [(await upload(workspace, "replaced.csv", "5")).objectKey, (await upload(workspace, "needed.csv", "6")).objectKey];
  const [version, abandoned, orphan] = [`${workspace}/datasets/dst_1/a.parquet`, `${workspace}/runs/run_1/out-1.parquet`, `files/${workspace}/orphan`];
  const foreign = `backups/${workspace}/one`;
  for (const key of [version, abandoned, orphan, foreign]) await put(key);
  for (const key of [version, needed]) led.add(key);
  await files.remove(workspace, deleted.id);
  assert.deepEqual(await sweep(), { seen: 10, noted: 0, deleted: 0, deletedBytes: 0 }, "everything is young");
  later(1.5);
  assert.deepEqual(await sweep(), { seen: 9, noted: 3, deleted: 1, deletedBytes: 1 }, "the deleted file's note is as old as its deletion");
  later(0.5);
  assert.equal((await sweep()).deleted, 0, "an old object's note must be old too");
  later(0.6);
  assert.deepEqual(await sweep(), { seen: 6, noted: 0, deleted: 3, deletedBytes: 11 });
  assert.deepEqual(new Set(await keysOf(workspace)), new Set([newest, needed, version, ...renewed]));
  assert.ok(!(await keysOf(workspace)).includes(replaced));
  assert.ok(await objects.head(foreign), "keys of no workspace are left alone");
  const rows = await database.inWorkspace(workspace, (tx) => tx.rows("select object_key from storage.revisions"));
  assert.equal(rows.length, 4, "revisions are forgotten with their objects");
});

test("what is led to again stays, and its note is gone", async () => {
  const { led, later, sweep } = createSweep();
  const key = `${createWorkspace()}/datasets/dst_1/a.parquet`;
  await put(key);
  later(2);
  assert.equal((await sweep()).noted, 1);
  led.add(key);
  later(2);
  assert.equal((await sweep()).deleted, 0);
  led.delete(key);
  assert.equal((await sweep()).deleted, 0, "its hour begins anew");
  later(1);
  assert.equal((await sweep()).deleted, 1);
});

test("a round that ends anywhere loses nothing and keeps nothing", async () => {
  let calls = 0;
  let last = Infinity;
  /** Stands for a process that is killed: after the given call nothing happens any more, not even what was under way. */
  const mortal =
    <A extends unknown[], R>(work: (...given: A) => Promise<R>) =>
    async (...given: A): Promise<R> => {
      if (calls >= last) throw new Error("killed before");
      calls += 1;
      const result = await work(...given);
      if (calls >= last) throw new Error("killed after");
      return result;
    };
  for (last = 1; ; last += 1) {
    const { led, later, dependencies, sweep } = createSweep();
    const workspace = createWorkspace();
    const kept = [(await upload(workspace, "a.csv", "1")).objectKey, `${workspace}/datasets/dst_1/kept.parquet`];
    const gone = [1, 2, 3].map((part) => `${workspace}/datasets/dst_1/gone${part}.parquet`);
    const removed = await upload(workspace, "b.csv", "2");
    await files.remove(workspace, removed.id);
    for (const key of [kept[1] ?? "", ...gone]) await put(key);
    led.add(kept[1] ?? "");
    const dying: SweepDependencies = {
      ...dependencies,
      inSystem: mortal(dependencies.inSystem) as SweepDependencies["inSystem"],
      objects: { list: mortal(objects.list), delete: mortal(objects.delete) },
      findReferenced: mortal(dependencies.findReferenced),
      pageSize: 2,
    };
    let isWhole = true;
    for (const hours of [2, 2]) {
      later(hours);
      calls = 0;
      await sweepObjects(dying, forever).catch(() => undefined);
      isWhole &&= calls < last;
      assert.ok((await objects.head(kept[0] ?? "")) && (await objects.head(kept[1] ?? "")), `killed at ${last}`);
    }
    for (let round = 0; round < 4; round += 1) {
      await sweep();
      later(1);
    }
    assert.deepEqual(new Set(await keysOf(workspace)), new Set(kept), `killed at ${last}`);
    const notes = await database.inWorkspace(workspace, (tx) => tx.rows("select 1 from storage.unreferenced_objects"));
    assert.deepEqual(notes, [], `killed at ${last}`);
    await Promise.all(kept.map((key) => objects.delete(key)));
    if (isWhole) break;
  }
  assert.ok(last > 15, `${last} places`);
});

test("several sweeps at once delete everything once", async () => {
  const workspace = createWorkspace();
  for (let item = 0; item < 40; item += 1) await put(`${workspace}/runs/run_1/s${item}-1.parquet`);
  const sweeps = [createSweep({ pageSize: 7 }), createSweep({ pageSize: 7 }), createSweep({ pageSize: 5 })];
  const round = async (): Promise<Swept[]> => {
    for (const { later } of sweeps) later(2);
    return Promise.all(sweeps.map(({ sweep }) => sweep()));
  };
  const all = [...(await round()), ...(await round()), ...(await round())];
  const sum = (name: keyof Swept): number => all.reduce((total, swept) => total + swept[name], 0);
  assert.deepEqual([sum("noted"), sum("deleted"), sum("deletedBytes")], [40, 40, 200]);
  assert.deepEqual(await keysOf(workspace), []);
});

test("a round is bounded and the next goes on where it stopped, in another process too", async () => {
  const workspace = createWorkspace();
  for (let item = 0; item < 45; item += 1) await put(`${workspace}/datasets/dst_1/v${item}.parquet`);
  let noted = 0;
  for (let rounds = 1; noted < 45; rounds += 1) {
    const { later, sweep } = createSweep({ pageSize: 1 });
    later(2);
    const swept = await sweep();
    assert.ok(swept.seen <= 20, `${swept.seen} seen`);
    noted += swept.noted;
    assert.ok(rounds < 10, `${noted} noted`);
  }
  const { later, sweep } = createSweep({ pageSize: 1 });
  later(4);
  assert.equal((await sweep()).deleted, 20);
});

test("a workspace whose references cannot be told is left alone, the others are not", async () => {
  const [silent, other] = [createWorkspace(), createWorkspace()];
  const { failures, later, sweep } = createSweep({
    findReferenced: async (workspaceId) => {
      if (workspaceId === silent) throw new Error("away");
      return [];
    },
  });
  for (const workspace of [silent, other]) await put(`${workspace}/datasets/dst_1/a.parquet`);
  for (let round = 0; round < 3; round += 1) {
    later(2);
    await sweep();
  }
  assert.deepEqual([(await keysOf(silent)).length, (await keysOf(other)).length], [1, 0]);
  assert.deepEqual(new Set(failures), new Set([silent]));
});
