import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { AppError } from "@rivergen/contracts";
import { PipelineError } from "@rivergen/pipeline";
import { nodeTypes } from "./document/grammar.ts";
import { describeFlow, findNodes } from "./introspect/tree.ts";
import { createFlowBench, flow, waitUntil } from "./testing/index.ts";
import type { FlowBench } from "./testing/index.ts";
import { faultsOf, validateStructure } from "./validate/validate.ts";

interface Item {
  readonly value: number;
  readonly tags: string[];
}

const item = (value = 1): Item => ({ value, tags: [] });

/** A bench with a few processors, a predicate and the like. */
function prepare(): FlowBench {
  const bench = createFlowBench();
  const { registry } = bench.flows;
  bench.mock("same");
  bench.mock("double", { returns: (input) => ({ ...(input as Item), value: (input as Item).value * 2 }) });
  bench.mock("fail", { failures: Infinity });
  bench.mock("slow", { delayMs: 100 });
  registry.predicates.add({ name: "positive", test: (input) => (input as Item).value > 0 });
  registry.conditions.add({ name: "kind", choose: (input) => String((input as Item).tags[0] ?? "none") });
  registry.reducers.add({ name: "count", reduce: (input, outcomes) => ({ ...(input as Item), value: outcomes.filter(({ ok }) => ok).length }) });
  registry.errorHandlers.add({ name: "note", handle: () => {} });
  registry.errorHandlers.add({ name: "rescue", handle: (_, input) => ({ value: { ...(input as Item), tags: ["rescued"] } }) });
  return bench;
}

const codes = (error: unknown): string[] => faultsOf(error).map(({ code, path }) => `${code} ${path}`);

async function failureOf(work: () => unknown): Promise<PipelineError> {
  try {
    await work();
  } catch (error) {
    assert.ok(error instanceof PipelineError, String(error));
    return error;
  }
  throw new assert.AssertionError({ message: "it did not fail" });
}

describe("faults of the original that ours does not have", () => {
  test("a name that is taken is refused, unless it says replace", () => {
    const { flows, mock } = prepare();
    assert.throws(
      () => mock("same"),
      (error) => error instanceof AppError && error.code === "NAME_ALREADY_REGISTERED",
    );
    flows.registry.processors.add({ name: "same", run: () => "another" }, { replace: true });
    assert.equal(flows.build({ ref: "same" }).process(item()), "another");
  });

  test("children without names of their own are not taken for one another", () => {
    const { flows } = prepare();
    const two = flow.concurrent([flow.sequence([flow.ref("same")]), flow.sequence([flow.ref("same")]), flow.ref("same"), flow.ref("same")], {
      reducer: "count",
    });
    assert.deepEqual(flows.build(two).process(item()), { value: 4, tags: [] });
  });

  test("a hundred parallel builds with names of their own do not disturb each other", async () => {
    const { flows } = prepare();
    const folder = await mkdtemp(join(tmpdir(), "flow-builds-"));
    try {
      const built = await Promise.all(
        Array.from({ length: 100 }, async (_, index) => {
          const path = join(folder, `${index}.yaml`);
          await writeFile(path, `type: sequence\nname: n${index}\nchildren: [{type: retry, name: r${index}, child: {ref: fail}}]\n`);
          return await flows.buildFile(path);
        }),
      );
      for (const [index, one] of built.entries()) {
        const { path } = await failureOf(() => one.process(item()));
        assert.deepEqual(path, [`n${index}`, `r${index}`, "fail"]);
      }
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test("unknown keys and keys without effect are refused, with what was meant", () => {
    const { faults } = validateStructure("type: retry\natempts: 5\nworkers: 3\nchild: { ref: x }\n");
    assert.deepEqual(
      faults.map(({ code, path, line, column, suggestion }) => ({ code, path, line, column, suggestion })),
      [
        { code: "UNKNOWN_KEY", path: "/atempts", line: 2, column: 1, suggestion: "attempts" },
        { code: "UNUSED_KEY", path: "/workers", line: 3, column: 1, suggestion: undefined },
      ],
    );
  });

  test("concurrent and worker-pool do not hide the errors of their children, nor their names", async () => {
    const { flows } = prepare();
    for (const make of [flow.concurrent, flow.workerPool]) {
      const built = flows.build(make([flow.ref("same"), flow.sequence([flow.ref("fail")], { name: "inner" })], { name: "outer" }));
      assert.deepEqual((await failureOf(() => built.process(item()))).path, ["outer", "inner", "fail"]);
    }
  });

  test("a cancelled concurrent, race, contest or worker-pool says so", async () => {
    const { flows } = prepare();
    const nodes = [flow.concurrent, flow.race, flow.workerPool].map((make) => make([flow.ref("slow")]));
    for (const node of [...nodes, flow.contest("positive", [flow.ref("slow")])]) {
      const abort = new AbortController();
      const running = flows.build(node).process(item(), { signal: abort.signal });
      abort.abort();
      assert.equal((await failureOf(() => running)).aborted, true, node.type);
    }
  });

  test("durations of nothing or less are refused, and so are negative thresholds", () => {
    const durations: [string, string][] = [
      ["type: timeout\nduration: 0s", "INVALID_DURATION /duration"],
      ["type: timeout\nduration: -5s", "INVALID_DURATION /duration"],
      ["type: retry\nbackoff: 0ms", "INVALID_BACKOFF /backoff"],
      ["type: circuit-breaker\nrecovery_timeout: -1s", "INVALID_RECOVERY_TIMEOUT "],
      ["type: circuit-breaker\nfailure_threshold: -1", "FAILURE_THRESHOLD_NEGATIVE /failure_threshold"],
    ];
    for (const [text, expected] of durations) {
      const { faults } = validateStructure(`${text}\nchild: { ref: x }\n`);
      assert.deepEqual(
        faults.map(({ code, path }) => `${code} ${path}`),
        [expected],
      );
    }
  });

  test("a filter with else shows both branches and keeps the names of what fails in them", async () => {
    const { flows } = prepare();
    const node = flow.filter("positive", flow.sequence([flow.ref("fail")], { name: "inner" }), flow.ref("same"));
    const built = flows.build(node);
    assert.deepEqual(
      findNodes(describeFlow(built.document), () => true).map(({ name, role }) => `${role}:${name}`),
      [":filter-positive", "then:inner", "1:fail", "else:same"],
    );
    assert.deepEqual((await failureOf(() => built.process(item()))).path, ["filter-positive", "inner", "fail"]);
  });

  test("the default of a switch catches every key without a route", () => {
    const { flows } = prepare();
    const built = flows.build(flow.switch("kind", { a: flow.ref("same") }, flow.ref("double")));
    assert.deepEqual(built.process({ value: 4, tags: ["b"] }), { value: 8, tags: ["b"] });
    assert.deepEqual(built.process({ value: 4, tags: ["a"] }), { value: 4, tags: ["a"] });
  });

  test("an error handler may recover", async () => {
    const { flows } = prepare();
    assert.deepEqual(await flows.build(flow.handle("rescue", flow.ref("fail"))).process(item()), { value: 1, tags: ["rescued"] });
    await failureOf(() => flows.build(flow.handle("note", flow.ref("fail"))).process(item()));
  });

  test("what a scaffold starts sees its input as it was, and its errors are told", async () => {
    const { flows, mock, told } = prepare();
    const seen = mock("seen");
    const input = item(1);
    const given = flows.build(flow.scaffold([flow.ref("seen"), flow.ref("fail")])).process(input) as Item;
    assert.equal(given, input);
    input.tags.push("changed at once");
    await waitUntil(() => seen.calls.length === 1 && told.some(({ signal }) => signal === "scaffold.failed"), { what: "the background" });
    assert.deepEqual(seen.calls[0]?.input, { value: 1, tags: [] });
  });

  test("the same step may stand twice, in whatever order", () => {
    const { flows } = prepare();
    const twice = [flow.ref("double"), flow.filter("positive", flow.ref("double")), flow.ref("double")];
    for (const children of [twice, twice.toReversed()]) {
      assert.deepEqual(flows.build(flow.sequence(children)).process(item()), { value: 8, tags: [] });
    }
  });

  test("the specification lists every type of node and every registry", () => {
    const { flows } = prepare();
    const { connectors, reducers, errorHandlers } = flows.specification();
    assert.deepEqual(connectors.map(({ type }) => type).toSorted(), [...nodeTypes, "ref", "stream"].toSorted());
    assert.deepEqual(
      [reducers, errorHandlers].map((all) => all.map(({ name }) => name)),
      [["count"], ["note", "rescue"]],
    );
    assert.ok(connectors.find(({ type }) => type === "concurrent")?.fields.some(({ name }) => name === "reducer"));
    assert.equal(JSON.stringify(flows.specification()), JSON.stringify(flows.specification()));
  });

  test("an update that is refused is told to the caller, and nothing has changed", () => {
    const { flows } = prepare();
    flows.set("s", flow.ref("double"));
    const binding = flows.bind("b", "s");
    assert.throws(
      () => flows.set("s", "type: sequence\nchildren: [{ref: gone}, {type: retry}]\n"),
      (error) => codes(error).join() === "PROCESSOR_NOT_FOUND /children/0,MISSING_CHILD /children/1",
    );
    assert.deepEqual([binding.revision, flows.get("s")?.revision, flows.history("s").length], [1, 1, 1]);
    assert.deepEqual(binding.process(item()), { value: 2, tags: [] });
  });

  test("of updates at the same time the last one stays, in all bindings", async () => {
    const { flows } = prepare();
    flows.set("s", flow.ref("same"));
    const bindings = ["b1", "b2", "b3"].map((name) => flows.bind(name, "s"));
    await Promise.all(
      Array.from({ length: 50 }, async (_, index) => {
        await Promise.resolve();
        flows.set("s", flow.sequence([flow.ref("same")], { name: `v${index}` }));
      }),
    );
    assert.deepEqual(
      bindings.map(({ revision }) => revision),
      [51, 51, 51],
    );
    assert.equal(flows.get("s")?.document.name, "v49");
  });

  test("an open breaker stays open when its flow is reloaded, and the old pipeline is closed", async () => {
    const { flows, mock } = prepare();
    const ground = mock("ground", { failures: Infinity });
    const version = (name: string) => flow.sequence([flow.ref("same"), flow.circuitBreaker(flow.ref("ground"), { failure_threshold: 2 })], { name });
    flows.set("s", version("one"));
    const binding = flows.bind("b", "s");
    const old = binding.flow;
    for (let run = 0; run < 2; run += 1) await failureOf(() => binding.process(item()));
    flows.set("s", version("two"));
    assert.equal((await failureOf(() => binding.process(item()))).code, "CIRCUIT_OPEN");
    assert.equal(ground.calls.length, 2);
    await waitUntil(() => {
      try {
        void old.process(item());
        return false;
      } catch (error) {
        return error instanceof AppError && error.code === "SERVICE_UNAVAILABLE";
      }
    });
  });

  test("YAML and JSON are read alike: broken numbers, nulls in lists, keys in capitals", () => {
    const pairs: [string, string, string][] = [
      ["type: retry\nattempts: 2.9\nchild: {ref: x}", '{"type":"retry","attempts":2.9,"child":{"ref":"x"}}', "WRONG_TYPE /attempts"],
      ["type: sequence\nchildren: [{ref: x}, null]", '{"type":"sequence","children":[{"ref":"x"},null]}', "EMPTY_NODE /children/1"],
      ["Ref: x", '{"Ref":"x"}', "EMPTY_NODE ,UNKNOWN_KEY /Ref"],
      ["ref: x\nref: y", '{"ref":"x","ref":"y"}', "DUPLICATE_KEY /ref"],
    ];
    for (const [yaml, json, expected] of pairs) {
      const found = [validateStructure(yaml), validateStructure(json, { format: "json" })];
      for (const { faults } of found)
        assert.equal(
          faults
            .map(({ code, path }) => `${code} ${path}`)
            .toSorted()
            .join(),
          expected,
        );
    }
  });

  test("what a failing child wrote does not reach the second child of a fallback", () => {
    const { flows, mock } = prepare();
    mock("scribbler", {
      returns(input) {
        (input as Item).tags.push("scribble");
        throw new AppError("STEP_FAILED");
      },
    });
    assert.deepEqual(flows.build(flow.fallback(flow.ref("scribbler"), flow.ref("same"))).process(item()), { value: 1, tags: [] });
  });

  test("waits between tries have a limit", async () => {
    const { flows, mock, clock } = prepare();
    mock("late", { failures: 5 });
    const running = Promise.resolve(flows.build(flow.retry(flow.ref("late"), { attempts: 6, backoff: "10ms", max_backoff: "25ms" })).process(item()));
    await clock.advance(1_000);
    await running;
    assert.deepEqual(clock.waits, [10, 20, 25, 25, 25]);
  });
});
