import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError } from "@rivergen/contracts";
import { compose } from "../connectors/compose.ts";
import type { PipelineError } from "../pipeline-error.ts";
import { createPipeline } from "../pipeline.ts";
import { scenario } from "../scenario.ts";
import { apply, effect, enrich, mutate, transform } from "./index.ts";

test("what needs no waiting gives its result at once, without a promise", () => {
  const seen: number[] = [];
  const all = compose(
    "all",
    transform("plus", (value: number) => value + 1),
    apply("double", (value) => value * 2),
    effect("see", (value) => seen.push(value)),
    mutate(
      "negate",
      (value) => value > 5,
      (value) => -value,
    ),
    enrich("text", (value) => value - 1),
  );
  assert.equal(createPipeline(all).process(2), -7);
  assert.equal(createPipeline(all).process(1), 3);
  assert.deepEqual(seen, [6, 4]);
});

test("each of them may wait, except the pure function, which does not compile when it does", async () => {
  // @ts-expect-error a transform gives no promise
  transform("waits", async (value: number) => value);
  const later = async <T>(value: T): Promise<T> => value;
  const all = compose(
    "all",
    apply("double", (value: number) => later(value * 2)),
    effect("wait", () => later(0)),
    mutate(
      "negate",
      (value) => later(value > 5),
      (value) => later(-value),
    ),
    enrich("less", (value) => later(value - 1)),
  );
  const outcome = createPipeline(all).process(3);
  assert.ok(outcome instanceof Promise);
  assert.equal(await outcome, -7);
});

test("an effect that fails stops the run, and its input goes on unchanged when it does not", () => {
  const input = { id: 1 };
  assert.equal(createPipeline(effect("see", () => "ignored")).process(input), input);
  const refuse = effect("see", () => {
    throw new AppError("FORBIDDEN");
  });
  assert.throws(() => createPipeline(refuse).process(input), { code: "FORBIDDEN" });
});

test("enrichment that fails leaves the input as it came, even when it had begun to write", async () => {
  const half = enrich<{ tags: string[] }>("half", (input) => {
    input.tags.push("half done");
    throw new AppError("STORE_UNAVAILABLE");
  });
  const { pipeline, told } = scenario(half);
  const input = { tags: ["kept"] };
  assert.equal(pipeline.process(input), input);
  assert.deepEqual(input, { tags: ["kept"] });
  assert.deepEqual(
    (await told()).map(({ signal, data }) => [signal, (data as { error: PipelineError }).error.path]),
    [["enrich.failed", ["half"]]],
  );
  const rejecting = enrich<number>("rejecting", async () => Promise.reject(new Error("late")));
  assert.equal(await createPipeline(rejecting).process(4), 4);
});

test("enrichment does not hide that the run was aborted", async () => {
  const stop = new AbortController();
  const waiting = enrich<number>("waiting", (_, { clock, signal }) => clock.sleep(10, signal).then(() => 0));
  const outcome = createPipeline(waiting).process(1, { signal: stop.signal });
  stop.abort(new Error("enough"));
  await assert.rejects(async () => outcome, { name: "PipelineError", aborted: true });
});
