// FLOW_ITEMS=300000 node --test libs/flow/src/store/reload.test.ts: half a minute of reloading instead of a fifth of a second.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { PipelineError } from "@rivergen/pipeline";
import { z } from "zod";
import type { FlowNode } from "../document/grammar.ts";
import { processorEntry } from "../registry/registry.ts";
import { createFlowBench, flow, waitUntil } from "../testing/index.ts";
import { createFlows } from "./flows.ts";
import type { Flows } from "./flows.ts";

interface Stamped {
  readonly id: number;
  readonly stamps: readonly string[];
}

const config = z.strictObject({ by: z.string() });

/** A document whose steps all stamp the same version, one of them a turn later. */
function version(by: string): FlowNode {
  const stamp = flow.ref("stamp", { by });
  return flow.sequence([stamp, flow.ref("stampLater", { by }), flow.fallback(stamp, stamp), stamp]);
}

function prepare(): Flows {
  const flows = createFlows();
  const stamp = (item: Stamped, by: string): Stamped => ({ ...item, stamps: [...item.stamps, by] });
  type Config = z.infer<typeof config>;
  flows.registry.processors.add(processorEntry<Stamped, Stamped, Config>({ name: "stamp", config, run: (item, _, { by }) => stamp(item, by) }));
  flows.registry.processors.add(
    processorEntry<Stamped, Stamped, Config>({ name: "stampLater", config, run: async (item, _, { by }) => (await turn(), stamp(item, by)) }),
  );
  return flows;
}

describe("reloading", () => {
  test("under 10,000 items a second nothing is lost, doubled or mixed", async () => {
    const flows = prepare();
    flows.set("s", version("v0"));
    const binding = flows.bind("b", "s");
    const running: Promise<Stamped>[] = [];
    const total = Number(process.env["FLOW_ITEMS"] ?? 2_000);
    const begun = performance.now();
    for (let id = 0; id < total; id += 1) {
      // A reload after every fifty items, at the pace of the clock.
      if (id % 50 === 49) flows.set("s", version(`v${(id + 1) / 50}`));
      running.push(Promise.resolve(binding.process({ id, stamps: [] })) as Promise<Stamped>);
      while (performance.now() - begun < id / 10) await turn();
    }
    const items = await Promise.all(running);
    assert.deepEqual(
      items.map(({ id }) => id),
      Array.from({ length: total }, (_, id) => id),
    );
    for (const { id, stamps } of items) assert.deepEqual(new Set(stamps), new Set([`v${Math.floor((id + 1) / 50)}`]));
    assert.deepEqual(new Set(items.map(({ stamps }) => stamps.length)), new Set([4]));
    await flows.close();
  });

  test("a binding that does not follow keeps what it has; the same name gives the same binding", () => {
    const flows = prepare();
    flows.set("s", version("one"));
    const still = flows.bind("still", "s", { follow: false });
    flows.set("s", version("two"));
    assert.deepEqual([still.revision, flows.bind("new", "s").revision], [1, 2]);
    assert.equal(flows.bind("still", "other"), still);
    assert.deepEqual(flows.bindings(), ["new", "still"]);
  });

  test("the newest revision is always kept, and no more where none is asked for", () => {
    const flows = createFlows({ history: 0 });
    flows.registry.processors.add(processorEntry<number, number>({ name: "a", run: (value) => value }));
    for (let at = 1; at <= 3; at += 1) flows.set("s", { ref: "a", version: String(at) });
    assert.deepEqual(
      flows.history("s").map(({ revision }) => revision),
      [3],
    );
  });

  test("history, difference and rollback", () => {
    const flows = createFlows({ history: 3 });
    for (const name of ["a", "b"]) flows.registry.processors.add({ name, run: () => name });
    flows.set("s", "version: '1'\ntype: sequence\nchildren: [{ref: a}]\n");
    flows.set("s", "version: '2'\ntype: sequence\nchildren: [{ref: b}, {ref: a}]\n");
    assert.deepEqual(flows.diff("s", 1, 2), [
      { path: "/version", kind: "changed", before: "1", after: "2" },
      { path: "/children/0", kind: "added", after: { ref: "b" } },
    ]);
    const binding = flows.bind("x", "s");
    assert.equal(flows.rollback("s", 1).revision, 3);
    assert.deepEqual([binding.revision, flows.get("s")?.version], [3, "1"]);
    flows.set("s", { ref: "a" });
    assert.deepEqual(
      flows.history("s").map(({ revision }) => revision),
      [2, 3, 4],
    );
    assert.throws(() => flows.rollback("s", 1), { code: "FLOW_VERSION_NOT_FOUND" });
    assert.throws(() => flows.diff("t", 1, 2), { code: "FLOW_NOT_FOUND" });
  });

  test("a breaker whose settings change goes on where it was; another name is another breaker", () => {
    const { flows, mock } = createFlowBench();
    mock("ground", { failures: Infinity });
    const guard = (name: string, failure_threshold: number) => flow.circuitBreaker(flow.ref("ground"), { name, failure_threshold });
    const codeOf = (run: () => unknown): string => {
      try {
        run();
      } catch (error) {
        return error instanceof PipelineError ? error.code : "";
      }
      return "";
    };
    flows.set("s", guard("one", 3));
    const binding = flows.bind("b", "s");
    codeOf(() => binding.process(0));
    codeOf(() => binding.process(0));
    flows.set("s", flow.sequence([guard("one", 4)]));
    const codes = Array.from({ length: 3 }, () => codeOf(() => binding.process(0)));
    assert.deepEqual(codes, ["STEP_FAILED", "STEP_FAILED", "CIRCUIT_OPEN"]);
    flows.set("s", guard("two", 3));
    assert.equal(
      codeOf(() => binding.process(0)),
      "STEP_FAILED",
    );
  });

  test("a limiter does not fill up by a reload", async () => {
    const { flows, mock, clock } = createFlowBench();
    mock("p");
    const limit = (requests_per_second: number) => flow.rateLimit(flow.ref("p"), { requests_per_second, burst_size: 2, mode: "drop", name: "limit" });
    flows.set("s", limit(1));
    const binding = flows.bind("b", "s");
    assert.deepEqual([binding.process(1), binding.process(2)], [1, 2]);
    flows.set("s", limit(10));
    assert.throws(() => binding.process(3), { code: "RATE_LIMITED" });
    await clock.advance(100);
    assert.equal(binding.process(3), 3);
  });

  test("items under way end on the revision they began with, and closing waits for them", async () => {
    const { flows, mock, clock } = createFlowBench();
    mock("slow", { delayMs: 100, returns: () => "old" });
    mock("quick", { returns: () => "new" });
    flows.set("s", flow.ref("slow"));
    const binding = flows.bind("b", "s");
    const running = Promise.resolve(binding.process(0));
    flows.set("s", flow.ref("quick"));
    assert.equal(binding.process(0), "new");
    let isClosed = false;
    const closing = flows.close().then(() => (isClosed = true));
    await turn();
    assert.equal(isClosed, false);
    await clock.advance(100);
    assert.equal(await running, "old");
    await closing;
    await waitUntil(() => isClosed);
  });
});
