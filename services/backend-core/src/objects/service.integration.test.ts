import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { AppError, createId, defaultPrices, type RiverDocument, type StageResult, type Transaction } from "@rivergen/contracts";
import { datasetRepository as datasets, type Reading } from "../datasets/repository.ts";
import { revisionRepository as revisions } from "../datasets/revisions.ts";
import { createEventLog } from "../events/log.ts";
import { createRunControls } from "../runs/controls.ts";
import { runRepository as runs, type RunRow } from "../runs/repository.ts";
import { createUsageService } from "../usage/service.ts";
import { createReferenceService } from "./service.ts";
import { type Alone, startAlone } from "../start-alone.ts";

const dayMs = 86_400_000;
let service: Alone;
before(async () => {
  service = await startAlone();
});
after(() => service?.stop());

const inWorkspace: Alone["inWorkspace"] = (...given) => service.inWorkspace(...given);
const referencesAt = (days: number) => createReferenceService({ inWorkspace, keepResumableMs: 7 * dayMs, now: () => new Date(Date.now() + days * dayMs) });
const version = (workspace: string, dataset: string, name: string) => `${workspace}/datasets/${dataset}/${name}.parquet`;

async function addDataset(tx: Transaction, workspace: string, objectKeys: readonly string[]): Promise<string> {
  const id = createId("dataset");
  const source = { kind: "file" as const, file: "fil_1", path: "a.csv" };
  await datasets.insert(tx, workspace, { id, name: `d${id.slice(4)}`.toLowerCase(), title: "D", status: "profiling", source });
  for (const objectKey of objectKeys)
    await datasets.addVersion(tx, workspace, id, { objectKey, rowCount: 1, sizeBytes: 1, sha256: "", columns: [], profile: null, values: [], source });
  return id;
}

const toReading = (objectKey: string, rest: Partial<Reading> = {}): Reading => ({
  fileId: "fil_1",
  path: "a.csv",
  objectKey,
  contentType: "text/csv",
  mode: "replace",
  dialect: null,
  types: null,
  ...rest,
});

/** A run that reads one object under the name `orders`, with checkpoints of stages by name. */
async function addRun(tx: Transaction, workspace: string, objectKey: string, stages: Readonly<Record<string, string>>): Promise<RunRow> {
  const id = createId("run");
  const outputs = { answer: { from: "last" } } as unknown as RiverDocument["outputs"];
  const document: RiverDocument = { apiVersion: "rivergen.dev/v1", river: "r", sources: {}, outputs };
  const input = { id: "dst_1", name: "orders", version: 3, objectKey, rowCount: 1, sizeBytes: 1, columns: [] };
  const place = { riverId: createId("river"), riverName: "r", riverVersion: 1, draft: true, document, digest: "d", parameters: {}, steps: [], stages: [] };
  const rest = { quote: null, logicalTime: "2026-01-01T00:00:00Z", seed: 1, deadlineMs: 1_000, createdBy: "usr_a", traceparent: null };
  await runs.insert(tx, workspace, { id, ...place, ...rest, inputs: { orders: input } });
  const run = (await runs.lock(tx, workspace, id)) as RunRow;
  for (const [stage, key] of Object.entries(stages)) {
    const result = { stage, objectKey: key, sha256: "", rowCount: 1, sizeBytes: 1, columns: [], steps: [], usage: [], appendedTo: null };
    await runs.insertStage(tx, run, { ...result, setAside: null } satisfies StageResult);
  }
  return run;
}
const end = (tx: Transaction, run: RunRow, status: RunRow["status"]): Promise<void> =>
  runs.end(tx, run, { status, steps: [], error: null, metered: null, progress: run.progress });

test("versions of datasets lead to their objects until the dataset is deleted, and only in their workspace", async () => {
  const [mine, theirs] = [createId("workspace"), createId("workspace")];
  const keys = ["a", "b"].map((name) => version(mine, "dst_1", name));
  const id = await inWorkspace(mine, (tx) => addDataset(tx, mine, keys));
  const { find } = referencesAt(0);
  assert.deepEqual(new Set(await find(mine, [...keys, version(mine, "dst_1", "abandoned")])), new Set(keys));
  assert.deepEqual(await find(theirs, keys), []);
  await inWorkspace(mine, (tx) => datasets.remove(tx, mine, id));
  assert.deepEqual(await find(mine, keys), []);
});

test("files lead on while a dataset may be read anew from them, waits for them or has not heard of them", async () => {
  const workspace = createId("workspace");
  const [first, second, appended, waiting, plain, unheard] = ["1", "2", "3", "4", "5", "6"].map((name) => `files/${workspace}/${name}`) as [
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  const all = [first, second, appended, waiting, plain, unheard];
  const id = await inWorkspace(workspace, (tx) => addDataset(tx, workspace, []));
  const hear = (objectKey: string, mode: Reading["mode"] | null, isWaiting = false) =>
    inWorkspace(workspace, (tx) => {
      const reading = mode === null ? null : toReading(objectKey, { mode });
      return revisions.insert(tx, workspace, { objectKey, fileId: "fil_1", datasetId: mode === null ? null : id, reading, isWaiting });
    });
  await hear(first, "replace");
  assert.deepEqual(new Set(await referencesAt(0).find(workspace, [first])), new Set([first]));
  await hear(second, "replace");
  await hear(appended, "append");
  await hear(waiting, "append", true);
  await hear(plain, null);
  assert.deepEqual(new Set(await referencesAt(0).find(workspace, all)), new Set([second, appended, waiting, unheard]));
  await inWorkspace(workspace, (tx) => datasets.remove(tx, workspace, id));
  assert.deepEqual(await referencesAt(0).find(workspace, all), [unheard]);
});

test("what is being read, and what it made so far, stays", async () => {
  const workspace = createId("workspace");
  const [part, next, onto] = [`files/${workspace}/1`, `files/${workspace}/2`, version(workspace, "dst_1", "half")];
  await inWorkspace(workspace, async (tx) => {
    const id = await addDataset(tx, workspace, []);
    for (const objectKey of [part, next])
      await revisions.insert(tx, workspace, { objectKey, fileId: "fil_1", datasetId: null, reading: null, isWaiting: false });
    const rest = [{ fileId: "fil_2", path: "b.csv", objectKey: next, contentType: "text/csv" }];
    await datasets.startReading(tx, workspace, id, toReading(part, { rest, onto: { columns: [], objectKey: onto } }));
  });
  assert.deepEqual(new Set(await referencesAt(0).find(workspace, [part, next, onto])), new Set([part, next, onto]));
});

test("a run keeps what it reads and its checkpoints while it may go on, then its outputs alone", async () => {
  const workspace = createId("workspace");
  const input = version(workspace, "dst_1", "pinned");
  const { run, keys } = await inWorkspace(workspace, async (tx) => {
    const made = await addRun(tx, workspace, input, {});
    const stages = { flow1: `${workspace}/runs/${made.id}/flow1-1.parquet`, answer: `${workspace}/runs/${made.id}/answer-1.parquet` };
    for (const [stage, objectKey] of Object.entries(stages)) {
      const result = { stage, objectKey, sha256: "", rowCount: 1, sizeBytes: 1, columns: [], setAside: null, steps: [], usage: [], appendedTo: null };
      await runs.insertStage(tx, made, result satisfies StageResult);
    }
    return { run: made, keys: [input, stages.flow1, stages.answer] as [string, string, string] };
  });
  const output = keys[2];
  const lost = `${workspace}/runs/${run.id}/answer-2.parquet`;
  const found = async (days: number): Promise<Set<string>> => new Set(await referencesAt(days).find(workspace, [...keys, lost]));
  assert.deepEqual(await found(1_000), new Set(keys), "it waits, however long");
  for (const status of ["failed", "cancelled"] as const) {
    await inWorkspace(workspace, (tx) => end(tx, run, status));
    assert.deepEqual([await found(6), await found(8)], [new Set(keys), new Set()], status);
  }
  await inWorkspace(workspace, (tx) => end(tx, run, "succeeded"));
  assert.deepEqual(await found(1_000), new Set([output]));
});

test("an old run goes on only with what is kept: without its input it says so, without its checkpoints it makes them anew", async () => {
  const workspace = createId("workspace");
  const events = createEventLog({ announce: async () => undefined });
  const usage = createUsageService({ inWorkspace, events, prices: defaultPrices });
  const resumeAt = (days: number) => createRunControls({ inWorkspace, events, usage, references: referencesAt(days), signal: async () => undefined }).resume;
  const kept = version(workspace, "dst_1", "kept");
  const add = (objectKey: string): Promise<string> =>
    inWorkspace(workspace, async (tx) => {
      const run = await addRun(tx, workspace, objectKey, { flow1: `${workspace}/runs/old/flow1-1.parquet` });
      await end(tx, run, "failed");
      return run.id;
    });
  const stagesOf = (id: string): Promise<StageResult[]> => inWorkspace(workspace, (tx) => runs.stages(tx, workspace, id));
  await inWorkspace(workspace, (tx) => addDataset(tx, workspace, [kept]));
  const orphaned = await add(version(workspace, "dst_1", "deleted"));
  await assert.rejects(resumeAt(8)(workspace, orphaned), (error: unknown) => {
    assert.ok(error instanceof AppError);
    assert.deepEqual([error.code, error.status], ["INPUT_GONE", 410]);
    assert.match(error.message, /version 3 of orders/);
    return true;
  });
  assert.equal((await stagesOf(orphaned)).length, 1, "a refused resume changes nothing");
  const whole = await add(kept);
  assert.equal((await resumeAt(8)(workspace, whole)).status, "queued");
  assert.deepEqual(await stagesOf(whole), []);
});
