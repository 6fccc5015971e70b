import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { createId, type RiverDocument } from "@rivergen/contracts";
import { type RunningProcess, startProcess } from "@rivergen/service-kit";
import { definition } from "../definition.ts";
import { runRepository as runs } from "./repository.ts";

type Database = Parameters<NonNullable<Parameters<typeof startProcess>[0]["wrapDatabase"]>>[0];

let home: string;
let platform: RunningProcess;
let database: Database;

/** The service alone, for its real tables; nobody answers where the services it calls would be. */
before(async () => {
  home = await mkdtemp(join(tmpdir(), "rivergen-claims-"));
  const names = ["CAPABILITY_SCHEMA_METADATA", "CAPABILITY_EXECUTION_SUPPORT"];
  const nowhere = Object.fromEntries(names.map((name) => [`SERVICE_${name}_URL`, "http://127.0.0.1:9"]));
  platform = await startProcess({
    definitions: [definition],
    environment: { RIVERGEN_HOME: home, PORT: "0", LOG_LEVEL: "silent", LOCAL_OWNER: "0", ...nowhere },
    wrapDatabase: (given) => (database = given),
  });
});
after(async () => {
  await platform.stop();
  await rm(home, { recursive: true, force: true });
});

const riverOf = (mode: "replace" | "append"): RiverDocument => ({
  apiVersion: "rivergen.dev/v1",
  river: "r",
  sources: {},
  outputs: { r: { from: "a", mode } },
});

async function queue(workspace: string, mode: "replace" | "append" = "replace"): Promise<void> {
  const place = { riverId: createId("river"), riverName: "r", riverVersion: 1, draft: false, document: riverOf(mode), digest: "d", parameters: {} };
  const rest = { inputs: {}, steps: [], stages: [], quote: null, logicalTime: "2026-01-01T00:00:00Z", seed: 1, deadlineMs: 1_000, createdBy: "usr_a" };
  await database.inWorkspace(workspace, (tx) => runs.insert(tx, workspace, { id: createId("run"), ...place, ...rest, traceparent: null }));
}

/** Claims the next run and says whose it is. */
const claim = (): Promise<string | undefined> =>
  database.inSystem(async (tx) => {
    const run = await runs.nextToClaim(tx);
    if (run) await runs.take(tx, run, { lease: "l", worker: "w", leaseMs: 60_000, attempt: 1, faults: 0, steps: [] });
    return run?.workspaceId;
  });

const end = (workspace: string): Promise<unknown> =>
  database.inWorkspace(workspace, (tx) =>
    tx.rows("update backend_core.runs set status = 'succeeded', finished_at = clock_timestamp() where workspace_id = $1 and status = 'running'", [workspace]),
  );

test("a workspace with many waiting runs does not hold up another's", async () => {
  const [many, few, late] = [createId("workspace"), createId("workspace"), createId("workspace")];
  for (let index = 0; index < 5; index += 1) await queue(many);
  assert.equal(await claim(), many);
  await queue(few);
  await queue(few);
  await queue(late);
  assert.equal(await claim(), few);
  await end(many);
  assert.equal(await claim(), late, "what was never served goes before what was");
  await end(few);
  await end(late);
  assert.equal(await claim(), many);
  assert.equal(await claim(), few);
  for (const workspace of [many, few]) await end(workspace);
  assert.deepEqual([await claim(), await claim(), await claim(), await claim()], [many, many, many, undefined]);
  await end(many);
});

test("runs that append to one river go one after the other", async () => {
  const workspace = createId("workspace");
  await queue(workspace, "append");
  await queue(workspace, "append");
  assert.deepEqual([await claim(), await claim()], [workspace, undefined]);
  await end(workspace);
  assert.equal(await claim(), workspace);
});
