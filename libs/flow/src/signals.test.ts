import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { z } from "zod";
import { flowSignals } from "./signals.ts";
import type { FlowSignals } from "./signals.ts";
import { fileSource } from "./store/watch.ts";
import { createFlowBench, flow } from "./testing/index.ts";
import type { FlowBench } from "./testing/index.ts";

const everTold = new Set<string>();

/** What was told since the last call. */
function tellings({ told }: FlowBench): string[] {
  const names = told.map(({ signal }) => signal).filter((signal) => signal.startsWith("flow."));
  for (const name of names) everTold.add(name);
  (told as unknown[]).length = 0;
  return names.map((signal) => signal.slice("flow.".length));
}

function registerAll({ flows: { registry } }: FlowBench): void {
  registry.processors.add({ name: "p", input: z.number(), output: z.number(), run: (value) => value });
  registry.predicates.add({ name: "yes", test: () => true });
  registry.conditions.add({ name: "key", choose: () => "a" });
  registry.reducers.add({ name: "first", reduce: (input) => input });
  registry.errorHandlers.add({ name: "note", handle: () => {} });
  registry.channels.add({ name: "out", send: () => {} });
}

const kinds = ["processor", "predicate", "condition", "reducer", "error-handler", "channel"];

describe("signals of flows", () => {
  test("everything registered and removed is told", () => {
    const bench = createFlowBench();
    registerAll(bench);
    assert.deepEqual(tellings(bench), ["factory.created", ...kinds.map((kind) => `${kind}.registered`)]);
    const { registry } = bench.flows;
    assert.equal(registry.processors.remove("p", "nobody"), 1);
    const others = [registry.predicates, registry.conditions, registry.reducers, registry.errorHandlers, registry.channels];
    assert.deepEqual(
      others.map((kind) => kind.remove(...kind.list())),
      [1, 1, 1, 1, 1],
    );
    assert.deepEqual(
      tellings(bench),
      kinds.map((kind) => `${kind}.removed`),
    );
  });

  test("a build tells its steps in order", () => {
    const bench = createFlowBench();
    registerAll(bench);
    tellings(bench);
    bench.flows.build("ref: p\n");
    assert.deepEqual(tellings(bench), ["yaml.parsed", "build.started", "validation.started", "validation.completed", "build.completed"]);
    assert.throws(() => bench.flows.build('{"ref":"q"}', { format: "json" }));
    assert.deepEqual(tellings(bench), ["json.parsed", "build.started", "validation.started", "validation.failed", "build.failed"]);
    assert.throws(() => bench.flows.build("a: [\n"));
    assert.deepEqual(tellings(bench), ["parse.failed"]);
  });

  test("files tell that they were read, or not", async () => {
    const bench = createFlowBench();
    registerAll(bench);
    const folder = await mkdtemp(join(tmpdir(), "flow-signals-"));
    try {
      await writeFile(join(folder, "a.yml"), "ref: p\n");
      tellings(bench);
      await bench.flows.buildFile(join(folder, "a.yml"));
      assert.deepEqual(tellings(bench).slice(0, 2), ["file.loaded", "yaml.parsed"]);
      await assert.rejects(bench.flows.buildFile(join(folder, "b.yml")), { code: "FLOW_FILE_UNREADABLE" });
      assert.deepEqual(tellings(bench), ["file.failed"]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test("named flows, bindings and their runs are told in order", () => {
    const bench = createFlowBench();
    registerAll(bench);
    tellings(bench);
    const { flows } = bench;
    flows.set("s", flow.ref("p"));
    const binding = flows.bind("b", "s", { input: z.number() });
    assert.deepEqual(tellings(bench), ["validation.started", "validation.completed", "schema.registered", "binding.created"]);
    flows.set("s", flow.sequence([flow.ref("p")]));
    assert.deepEqual(tellings(bench), ["validation.started", "validation.completed", "schema.updated", "schema.registered"]);
    flows.registry.processors.add({ name: "text", input: z.string(), run: (value) => value });
    flows.registry.processors.add({ name: "bad", run: () => assert.fail("no") });
    tellings(bench);
    assert.throws(() => flows.set("s", flow.ref("text")), { code: "FLOW_INVALID" });
    assert.deepEqual(tellings(bench), ["validation.started", "validation.completed", "schema.update-failed"]);
    assert.equal(flows.binding("b")?.process(1), 1);
    assert.deepEqual(tellings(bench), ["pipeline.retrieved", "execution.started", "execution.completed"]);
    flows.set("s", flow.ref("bad"));
    tellings(bench);
    assert.throws(() => binding.process(1));
    assert.deepEqual(tellings(bench), ["execution.started", "execution.failed"]);
    assert.deepEqual([flows.remove("s"), flows.unbind("b")], [1, 1]);
    assert.deepEqual(tellings(bench), ["schema.removed", "binding.removed"]);
  });

  test("every declared signal is told somewhere, and every run has an id of its own", async () => {
    const bench = createFlowBench();
    const ids: string[] = [];
    bench.signals.tap(({ signal, data }) => {
      if (signal === "flow.execution.started") ids.push((data as FlowSignals["flow.execution.started"]).executionId);
    });
    registerAll(bench);
    const { flows, clock } = bench;
    const folder = await mkdtemp(join(tmpdir(), "flow-signals-"));
    const path = join(folder, "s.yaml");
    try {
      await writeFile(path, "ref: p\n");
      const watch = await flows.watch("s", fileSource(path));
      const binding = flows.bind("b", "s");
      for (let run = 0; run < 3; run += 1) await binding.process(run);
      await writeFile(path, "ref: nobody\n");
      await watch.check();
      await rm(path);
      await watch.check();
      await clock.advance(10);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
    assert.equal(new Set(ids).size, 3);
    tellings(bench);
    // The tests before have seen the others.
    assert.deepEqual([...everTold].toSorted(), Object.keys(flowSignals).toSorted());
    await flows.close();
  });
});
