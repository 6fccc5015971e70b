// FLOW_CASES=10000 node --test libs/flow/src/reference/reference.test.ts: so many random documents instead of 300.
import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError } from "@rivergen/contracts";
import { PipelineError } from "@rivergen/pipeline";
import fc from "fast-check";
import type { FlowNode } from "../document/grammar.ts";
import type { ErrorHandlerEntry } from "../registry/entries.ts";
import { conditionEntry, predicateEntry, processorEntry, reducerEntry } from "../registry/registry.ts";
import { createFlowBench } from "../testing/index.ts";
import { documents } from "./documents.fixture.ts";
import { interpretFlow, isPositive, rescued, routeOf, sumOf } from "./interpreter.fixture.ts";
import { applyLeaf, isFaulty, leafConfig } from "./leaf.fixture.ts";
import type { Item, LeafConfig } from "./leaf.fixture.ts";

const cases = Number(process.env["FLOW_CASES"] ?? 300);

/** Flows with everything the documents name, and what they did. */
function prepare() {
  const bench = createFlowBench();
  const acts: string[] = [];
  const { registry } = bench.flows;
  for (let number = 0; number < 5; number += 1) {
    registry.processors.add(
      processorEntry<Item, Item, LeafConfig>({
        name: `work${number}`,
        config: leafConfig,
        run(item, { clock, signal, attempt }, config) {
          const finish = (): Item => {
            if (!isFaulty(config, item, attempt)) return applyLeaf(config, item);
            throw config.panics ? new Error("unexpected") : new AppError("STEP_FAILED");
          };
          return config.delayMs === 0 ? finish() : clock.sleep(config.delayMs, signal).then(finish);
        },
      }),
    );
  }
  const note: ErrorHandlerEntry["handle"] = ({ path, code, aborted, timedOut }) =>
    void acts.push(aborted || timedOut ? "handled a cut" : `handled ${code} ${path.join("/")}`);
  registry.errorHandlers.add({ name: "note", handle: note });
  registry.errorHandlers.add({
    name: "rescue",
    handle(error, item, context, config) {
      void note(error, item, context, config);
      return { value: rescued(item as Item) };
    },
  });
  registry.predicates.add(predicateEntry<Item>({ name: "positive", test: isPositive }));
  registry.conditions.add(conditionEntry<Item>({ name: "route", choose: routeOf }));
  registry.reducers.add(
    reducerEntry<Item, Item>({
      name: "sum",
      reduce: (input, all) =>
        sumOf(
          input,
          all.flatMap((one) => (one.ok ? [(one.value as Item).value] : [])),
        ),
    }),
  );
  registry.channels.add({ name: "out", send: (item) => void acts.push(`sent ${JSON.stringify(item)}`) });
  bench.signals.tap(({ signal, data }) => {
    if (signal === "scaffold.failed")
      acts.push(`lost ${(data as { error: PipelineError }).error.code} ${(data as { error: PipelineError }).error.path.join("/")}`);
  });
  return { ...bench, acts };
}

interface Seen {
  readonly item?: unknown;
  readonly error?: { readonly path: readonly string[]; readonly code: string };
  readonly acts: readonly string[];
}

async function observe(document: FlowNode, items: readonly Item[]): Promise<readonly Seen[]> {
  const { flows, clock, acts } = prepare();
  const built = flows.build(document);
  const seen: Seen[] = [];
  for (const item of items) {
    let settled: Omit<Seen, "acts"> | undefined;
    const run = async (): Promise<void> => {
      try {
        settled = { item: await built.process(structuredClone(item)) };
      } catch (error) {
        assert.ok(error instanceof PipelineError, String(error));
        settled = { error: { path: error.path, code: error.code } };
      }
    };
    const running = run();
    // Long enough for everything; in parts, for what runs in the background begins a turn after the clock has looked.
    for (let part = 0; part < 5; part += 1) await clock.advance(itemMs / 5);
    await running;
    assert.ok(settled, "the item is still under way");
    seen.push({ ...settled, acts: acts.splice(0).toSorted() });
  }
  return seen;
}

/** Time between items, ms. */
const itemMs = 100_000;

function predict(document: FlowNode, items: readonly Item[]): readonly Seen[] {
  const breakers: Parameters<typeof interpretFlow>[3] = new Map();
  return items.map((item, index) => {
    const { outcome, acts } = interpretFlow(document, item, index * itemMs, breakers);
    const said = acts.map(({ what }) => what).toSorted();
    return outcome.error ? { error: { path: outcome.error.path, code: outcome.error.code }, acts: said } : { item: outcome.item, acts: said };
  });
}

const items = fc.array(fc.record({ value: fc.integer({ min: 0, max: 999 }), tags: fc.constantFrom([], ["x"]).map((tags) => [...tags]) }), {
  minLength: 1,
  maxLength: 4,
});

test(`${cases} random documents with random faults do what a plain interpreter says`, async () => {
  await fc.assert(
    fc.asyncProperty(documents, items, async (document, given) => {
      assert.deepEqual(await observe(document, given), predict(document, given));
    }),
    { numRuns: cases },
  );
});
