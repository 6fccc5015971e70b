import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { countNodes, describeFlow } from "../introspect/tree.ts";
import { createFlowBench, flow, waitUntil } from "./index.ts";

describe("the testing kit", () => {
  test("a mock remembers what came in, and how each call ended", async () => {
    const { flows, clock, mock } = createFlowBench();
    const slow = mock("slow", { delayMs: 50, failures: 1 });
    const item = { tags: ["a"] };
    const built = flows.build(flow.timeout(flow.ref("slow"), { duration: "100ms" }));
    const first = Promise.resolve(built.process(item)).catch((error: unknown) => error);
    item.tags.push("b");
    await clock.advance(50);
    assert.match(String(await first), /slow failed/);
    slow.behave({ delayMs: 200 });
    const second = Promise.resolve(built.process(item)).catch((error: unknown) => error);
    await clock.advance(100);
    await second;
    assert.deepEqual(
      slow.calls.map(({ input, attempt, at, outcome }) => ({ input, attempt, at, outcome })),
      [
        { input: { tags: ["a"] }, attempt: 1, at: 0, outcome: "failed" },
        { input: { tags: ["a", "b"] }, attempt: 1, at: 50, outcome: "cancelled" },
      ],
    );
    assert.notEqual(slow.calls[0]?.executionId, slow.calls[1]?.executionId);
    slow.reset();
    assert.deepEqual(slow.calls, []);
  });

  test("every builder writes a document that builds", () => {
    const { flows, mock } = createFlowBench();
    mock("p");
    const { registry } = flows;
    registry.predicates.add({ name: "yes", test: () => true });
    registry.conditions.add({ name: "key", choose: () => "a" });
    registry.errorHandlers.add({ name: "note", handle: () => {} });
    registry.channels.add({ name: "out", send: () => {} });
    const p = flow.ref("p");
    const nodes = [
      p,
      flow.stream("out", [p]),
      ...[flow.sequence, flow.concurrent, flow.race, flow.scaffold, flow.workerPool].map((make) => make([p, p])),
      ...[flow.retry, flow.timeout, flow.circuitBreaker, flow.rateLimit, flow.bulkhead].map((make) => make(p)),
      flow.contest("yes", [p]),
      flow.fallback(p, p),
      flow.filter("yes", p, p),
      flow.switch("key", { a: p }, p),
      flow.handle("note", p),
      flow.dedupe("key", p),
    ];
    for (const node of nodes) assert.equal(flows.build(node).process(1) instanceof Error, false, JSON.stringify(node));
    const all = flows.build(flow.sequence(nodes));
    assert.equal(all.nodes, countNodes(describeFlow(all.document)));
  });

  test("waiting ends with an error that says for what", async () => {
    await assert.rejects(
      waitUntil(() => false, { timeoutMs: 5, what: "the impossible" }),
      /the impossible did not hold within 5 ms/,
    );
  });
});
