import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createId, defaultPrices, type RiverDocument } from "@rivergen/contracts";
import { createEventLog } from "../events/log.ts";
import { createUsageService } from "../usage/service.ts";
import { createEndings } from "./endings.ts";
import { runRepository as runs } from "./repository.ts";
import { type Alone, startAlone } from "../start-alone.ts";

let service: Alone;
before(async () => {
  service = await startAlone();
});
after(() => service?.stop());

test("a cancel that a failing worker had not heard of ends the run; without one it is tried again", async () => {
  const workspace = createId("workspace");
  const { inWorkspace } = service;
  const events = createEventLog({ announce: async () => undefined });
  const usage = createUsageService({ inWorkspace, events, prices: defaultPrices });
  const signalled: string[] = [];
  const signal = async (_tx: unknown, type: string): Promise<void> => void signalled.push(type);
  const { fail } = createEndings({ inWorkspace, events, usage, signal, profile: () => undefined, trace: () => undefined });
  const document: RiverDocument = { apiVersion: "rivergen.dev/v1", river: "r", sources: {}, outputs: {} };
  const problem = { code: "PLATFORM_FAULT", title: "The platform failed", detail: "", advice: "" };
  const failed = { stage: null, steps: [], cancelled: false, problem, retryable: true, usage: [] };
  const endOf = async (isCancelled: boolean): Promise<string | undefined> => {
    const id = createId("run");
    await inWorkspace(workspace, async (tx) => {
      const place = {
        riverId: createId("river"),
        riverName: "r",
        riverVersion: 1,
        draft: true,
        document,
        digest: "d",
        parameters: {},
        inputs: {},
        steps: [],
        stages: [],
      };
      const rest = { quote: null, logicalTime: "2026-01-01T00:00:00Z", seed: 1, deadlineMs: 1_000, createdBy: "usr_a", traceparent: null };
      await runs.insert(tx, workspace, { id, ...place, ...rest });
      const run = await runs.lock(tx, workspace, id);
      assert.ok(run);
      await runs.take(tx, run, { lease: "mine", worker: "w", leaseMs: 60_000, attempt: 1, faults: 0, steps: [] });
      if (isCancelled) await runs.requestCancel(tx, run);
    });
    await fail(workspace, { run: id, lease: "mine", ...failed });
    return inWorkspace(workspace, async (tx) => (await runs.find(tx, workspace, id))?.status);
  };
  assert.deepEqual([await endOf(true), await endOf(false)], ["cancelled", "queued"]);
  assert.deepEqual(signalled, ["run.requested"]);
});
