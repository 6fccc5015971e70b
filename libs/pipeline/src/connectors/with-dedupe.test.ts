import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError } from "@rivergen/contracts";
import { apply } from "../processors/index.ts";
import { scenario } from "../scenario.ts";
import { withDedupe } from "./with-dedupe.ts";

interface Item {
  readonly id: string;
}

function counted(ms: number) {
  const counts = { calls: 0, aborted: 0 };
  const child = apply<Item, { tags: string[] }>("child", async ({ id }, { clock, signal }) => {
    counts.calls += 1;
    try {
      await clock.sleep(ms, signal);
    } catch (error) {
      counts.aborted += 1;
      throw error;
    }
    if (id === "bad") throw new AppError("STORE_UNAVAILABLE");
    return { tags: [id] };
  });
  return { child, counts };
}
const key = ({ id }: Item) => id;

test("runs with the same key at the same time are one call, with a result for each", async () => {
  const { child, counts } = counted(10);
  const { clock, pipeline, told } = scenario(withDedupe("d", child, { key }));
  const outcomes = [pipeline.process({ id: "a" }), pipeline.process({ id: "a" }), pipeline.process({ id: "b" })];
  await clock.advance(10);
  const [first, second, third] = await Promise.all(outcomes.map(async (outcome) => outcome));
  assert.equal(counts.calls, 2);
  first?.tags.push("mine");
  assert.deepEqual([second, third], [{ tags: ["a"] }, { tags: ["b"] }]);
  assert.deepEqual(
    (await told()).map(({ data }) => data),
    [{ name: "d", key: "a" }],
  );
  void pipeline.process({ id: "a" });
  assert.equal(counts.calls, 3, "not kept");
  await clock.advance(10);
});

test("a failure is an error for each, and is not kept", async () => {
  const { child, counts } = counted(10);
  const { clock, pipeline } = scenario(withDedupe("d", child, { key, keepMs: 1_000 }));
  const outcomes = Promise.allSettled([pipeline.process({ id: "bad" }), pipeline.process({ id: "bad" })]);
  await clock.advance(10);
  const errors = (await outcomes).map((outcome) => (outcome as PromiseRejectedResult).reason as Error & { path: string[] });
  assert.notEqual(errors[0], errors[1]);
  for (const { path } of errors) assert.deepEqual(path, ["d", "child"]);
  const again = Promise.allSettled([pipeline.process({ id: "bad" })]);
  await clock.advance(10);
  await again;
  assert.equal(counts.calls, 2);
});

test("results are kept for a while and at most so many, and what is kept cannot be written to", async () => {
  const { child, counts } = counted(0);
  const { clock, pipeline } = scenario(withDedupe("d", child, { key, keepMs: 100, maxKeys: 2 }));
  const get = async (id: string) => {
    const outcome = pipeline.process({ id });
    await clock.advance(0);
    return outcome;
  };
  (await get("a")).tags.push("mine");
  (await get("a")).tags.push("mine too");
  assert.deepEqual(await get("a"), { tags: ["a"] });
  assert.equal(counts.calls, 1);
  await get("b");
  await get("c");
  await get("a");
  assert.equal(counts.calls, 4, "the oldest was forgotten");
  await clock.advance(100);
  await get("c");
  assert.equal(counts.calls, 5);
});

test("who is aborted leaves; the call goes on for the others and ends when all have left", async () => {
  const { child, counts } = counted(50);
  const { clock, pipeline } = scenario(withDedupe("d", child, { key }));
  const [one, two, three] = [new AbortController(), new AbortController(), new AbortController()];
  const first = pipeline.process({ id: "a" }, { signal: one.signal });
  const second = pipeline.process({ id: "a" }, { signal: two.signal });
  one.abort(new Error("gone"));
  await assert.rejects(async () => first, { path: ["d"], aborted: true });
  await clock.advance(50);
  assert.deepEqual(await second, { tags: ["a"] });
  const third = pipeline.process({ id: "a" }, { signal: three.signal });
  three.abort(new Error("gone"));
  await assert.rejects(async () => third, { aborted: true });
  const fourth = pipeline.process({ id: "a" });
  await clock.advance(50);
  assert.deepEqual(await fourth, { tags: ["a"] });
  assert.deepEqual(counts, { calls: 3, aborted: 1 });
});
