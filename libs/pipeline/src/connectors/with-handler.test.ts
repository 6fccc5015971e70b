import assert from "node:assert/strict";
import { test } from "node:test";
import type { PipelineError } from "../pipeline-error.ts";
import { createPipeline } from "../pipeline.ts";
import { apply } from "../processors/index.ts";
import { failing, scenario } from "../scenario.ts";
import { sequence } from "./sequence.ts";
import { withHandler } from "./with-handler.ts";

const rejecting = apply<number, number>("reject", async () => Promise.reject(new Error("late")));

test("a handler sees the error with its whole path, and the error goes on", async () => {
  const seen: (readonly string[])[] = [];
  const see = (error: PipelineError) => void seen.push(error.path);
  assert.throws(() => createPipeline(withHandler("h", sequence<number>("s", [failing("fail")]), see)).process(1), { path: ["h", "s", "fail"] });
  await assert.rejects(async () => createPipeline(withHandler("h", rejecting, see)).process(1), { path: ["h", "reject"] });
  assert.deepEqual(seen, [
    ["h", "s", "fail"],
    ["h", "reject"],
  ]);
});

test("a handler may recover, at once or later", async () => {
  assert.equal(createPipeline(withHandler<number, number>("h", failing("fail"), (_, input) => ({ value: input * 10 }))).process(4), 40);
  assert.equal(await createPipeline(withHandler("h", rejecting, async () => ({ value: 3 }))).process(4), 3);
  const { pipeline, told } = scenario(withHandler<number, undefined>("h", failing("fail"), () => ({ value: undefined })));
  assert.equal(pipeline.process(1), undefined);
  const [event] = await told();
  assert.ok(event?.signal === "handle.error-handled" && event.data.recovered);
});

test("a handler that fails does not replace the error, and is told", async () => {
  const { pipeline, told } = scenario(
    withHandler("h", failing("fail"), () => {
      throw new TypeError("handler kaput");
    }),
  );
  assert.throws(() => pipeline.process(1), { path: ["h", "fail"], message: "boom" });
  const later = scenario(withHandler("h", rejecting, async () => Promise.reject(new Error("handler kaput"))));
  await assert.rejects(async () => later.pipeline.process(1), { path: ["h", "reject"] });
  assert.deepEqual([(await told())[0]?.signal, (await later.told())[0]?.signal], ["handle.handler-failed", "handle.handler-failed"]);
});
