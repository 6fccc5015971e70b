import assert from "node:assert/strict";
import { test } from "node:test";
import { apply } from "../processors/index.ts";
import { failing, scenario, sleeping } from "../scenario.ts";
import { scaffold } from "./scaffold.ts";

test("gives its input on at once; children finish although the run is aborted, and closing waits for them", async () => {
  const slow = sleeping<string>("slow", 200);
  const { clock, pipeline, toldNames } = scenario(scaffold("s", [slow, slow]));
  const stop = new AbortController();
  assert.equal(pipeline.process("in", { signal: stop.signal }), "in");
  stop.abort(new Error("gone"));
  const closed = pipeline.close();
  await clock.advance(200);
  await closed;
  assert.deepEqual(slow.ends, { finished: 2, aborted: 0 });
  assert.deepEqual(await toldNames(), ["scaffold.dispatched"]);
});

test("errors reach the observer and a signal, with their path; an observer that throws harms nobody", async () => {
  const seen: unknown[] = [];
  const observe = (error: Error & { path?: readonly string[] }, child: string): void => {
    seen.push([child, error.path]);
    throw new Error("observer kaput");
  };
  const { pipeline, toldNames } = scenario(scaffold("s", [failing("a"), failing("b")], { observe }));
  assert.equal(pipeline.process(1), 1);
  await pipeline.close();
  assert.deepEqual(seen, [
    ["a", ["s", "a"]],
    ["b", ["s", "b"]],
  ]);
  assert.deepEqual(await toldNames(), ["scaffold.dispatched", "scaffold.failed", "scaffold.failed"]);
});

test("the copies are taken before the caller goes on", async () => {
  const seen: string[] = [];
  const read = apply<{ tags: string[] }, void>("read", ({ tags }) => void seen.push(...tags));
  const { pipeline } = scenario(scaffold("s", [read]));
  const input = { tags: ["before"] };
  pipeline.process(input);
  input.tags[0] = "after";
  await pipeline.close();
  assert.deepEqual(seen, ["before"]);
});

test("what runs and waits in the background is bounded", async () => {
  const seen: string[] = [];
  const observe = (error: Error & { code?: string }) => void seen.push(error.code ?? "");
  const slow = sleeping<number>("slow", 10);
  const { clock, pipeline } = scenario(scaffold("s", [slow, slow, slow, slow], { limit: 1, queue: 2, observe }));
  pipeline.process(1);
  const closed = pipeline.close();
  await clock.advance(30);
  await closed;
  assert.deepEqual([slow.ends.finished, seen], [3, ["OVERLOADED"]]);
});
