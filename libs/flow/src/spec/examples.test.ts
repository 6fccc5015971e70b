import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { AppError } from "@rivergen/contracts";
import { PipelineError } from "@rivergen/pipeline";
import { z } from "zod";
import { createChannel } from "../registry/channel.ts";
import { channelEntry, conditionEntry, errorHandlerEntry, predicateEntry, processorEntry, reducerEntry } from "../registry/registry.ts";
import { createFlows } from "../store/flows.ts";
import type { Flows } from "../store/flows.ts";
import { createFlowBench, flow } from "../testing/index.ts";
import { flowExamples } from "./examples.ts";

interface Row {
  readonly name: string;
  readonly amount: number;
  readonly country?: string;
  readonly note?: string;
}

function prepare(): Flows {
  const flows = createFlows();
  const { processors, predicates, conditions, reducers, errorHandlers, channels } = flows.registry;
  processors.add(processorEntry<Row, Row>({ name: "trim", run: (row) => ({ ...row, name: row.name.trim() }) }));
  processors.add(processorEntry<Row, Row>({ name: "upper", run: (row) => ({ ...row, name: row.name.toUpperCase() }) }));
  processors.add(
    processorEntry<Row, Row, { digits: number }>({
      name: "round",
      config: z.strictObject({ digits: z.int() }),
      run: (row, _, { digits }) => ({ ...row, amount: Number(row.amount.toFixed(digits)) }),
    }),
  );
  processors.add(processorEntry<Row, Row>({ name: "score", run: async (row) => await Promise.resolve({ ...row, score: row.amount / 100 }) }));
  processors.add(
    processorEntry<Row, Row>({
      name: "unreachable",
      run() {
        throw new AppError("STEP_FAILED", { detail: "nobody answered" });
      },
    }),
  );
  predicates.add(
    predicateEntry<Row, { over: number }>({ name: "isLarge", config: z.strictObject({ over: z.number() }), test: ({ amount }, _, { over }) => amount > over }),
  );
  conditions.add(conditionEntry<Row>({ name: "country", values: ["de", "fr", "other"], choose: ({ country = "other" }) => country }));
  reducers.add(
    reducerEntry<Row, Row>({
      name: "merge",
      reduce: (row, all) => Object.assign({}, row, ...all.map((one) => (one.ok ? changes(row, one.value) : {}))) as Row,
    }),
  );
  errorHandlers.add(
    errorHandlerEntry<Row, Row>({ name: "giveUp", handle: ({ path, message }, row) => ({ value: { ...row, note: `${path.at(-1)}: ${message}` } }) }),
  );
  channels.add(channelEntry<Row>({ name: "audit", send: createChannel<Row>({ capacity: 10 }).send }));
  return flows;
}

/** What a child made different. */
function changes(row: object, made: unknown): object {
  return Object.fromEntries(Object.entries(made as object).filter(([key, value]) => (row as Record<string, unknown>)[key] !== value));
}

async function outcomeOf(work: () => unknown): Promise<unknown> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof PipelineError) return { path: error.path, code: error.code };
    throw error;
  }
}

describe("examples of docs/flows.md", () => {
  for (const { title, yaml, input, output } of flowExamples) {
    test(title, async () => {
      assert.deepEqual(await outcomeOf(() => prepare().build(yaml).process(input)), output);
    });
  }

  test("the testing kit", async () => {
    const { flows, clock, mock } = createFlowBench();
    const flaky = mock("flaky", { failures: 2 });
    const result = flows.build(flow.retry(flow.ref("flaky"), { attempts: 3, backoff: "1s" })).process("item");
    await clock.advance(3_000);
    assert.equal(await result, "item");
    assert.deepEqual(
      flaky.calls.map(({ at }) => at),
      [0, 1_000, 3_000],
    );
  });

  test("a named flow", async () => {
    const flows = createFlows();
    flows.registry.processors.add(
      processorEntry<number, number, { by: number }>({ name: "scale", config: z.strictObject({ by: z.number() }), run: (value, _, { by }) => value * by }),
    );
    flows.set("prices", "ref: scale\nconfig: { by: 1.19 }\n");
    assert.equal(await flows.bind("shop", "prices").process(100), 119);
  });
});
