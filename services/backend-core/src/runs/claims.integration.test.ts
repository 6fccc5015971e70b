import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createId, type RiverDocument } from "@rivergen/contracts";
import { runRepository as runs } from "./repository.ts";
import { type Alone, startAlone } from "../start-alone.ts";

let service: Alone;
before(async () => {
  service = await startAlone();
});
after(() => service?.stop());

const riverOf = (mode: "replace" | "append"): RiverDocument => ({
  apiVersion: "rivergen.dev/v1",
  river: "r",
  sources: {},
  outputs: { r: { from: "a", mode } },
});

async function queue(workspace: string, mode: "replace" | "append" = "replace"): Promise<void> {
  const place = { riverId: createId("river"), riverName: "r", riverVersion: 1, draft: false, document: riverOf(mode), digest: "d", parameters: {} };
  const rest = { inputs: {}, steps: [], stages: [], quote: null, logicalTime: "2026-01-01T00:00:00Z", seed: 1, deadlineMs: 1_000, createdBy: "usr_a" };
  await service.inWorkspace(workspace, (tx) => runs.insert(tx, workspace, { id: createId("run"), ...place, ...rest, traceparent: null }));
}

/** Claims the next run and says whose it is. */
const claim = (): Promise<string | undefined> =>
  service.inSystem(async (tx) => {
    const run = await runs.nextToClaim(tx);
    if (run) await runs.take(tx, run, { lease: "l", worker: "w", leaseMs: 60_000, attempt: 1, faults: 0, steps: [] });
    return run?.workspaceId;
  });

const end = (workspace: string): Promise<unknown> =>
  service.inWorkspace(workspace, (tx) =>
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
