import assert from "node:assert/strict";
import { test } from "node:test";
import { stream } from "./stream.ts";
import { threadPipe } from "./thread-pipe.ts";

const blocking = new URL("./blocking.fixture.ts", import.meta.url);

test("work that blocks runs beside this thread: timers tick meanwhile, threads work at once, errors come through", async () => {
  await using busy = threadPipe<number, number>("busy", blocking, { threads: 2 });
  let ticks = 0;
  const ticking = setInterval(() => (ticks += 1), 5);
  assert.deepEqual(await stream([120, 60, 30]).through(busy, { concurrency: 2 }).toArray(), [120, 60, 30]);
  clearInterval(ticking);
  assert.ok(ticks >= 5, `${ticks} ticks`);
  await assert.rejects(async () => busy.process(-1), { name: "PipelineError", path: ["busy"] });
});

test("an abort ends the thread, and the next call gets a new one", async () => {
  await using busy = threadPipe<number, number>("busy", blocking);
  const call = busy.process(60_000, { signal: AbortSignal.timeout(50) });
  await assert.rejects(async () => call, { name: "PipelineError" });
  assert.equal(await busy.process(1), 1);
});
