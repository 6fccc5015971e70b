import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import type { Worker } from "node:worker_threads";
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

test("a thread that dies after its answer takes neither the process nor the next call with it", async () => {
  await using dying = threadPipe<number, number>("dying", blocking, { exportName: "runAndDie" });
  for (const input of [1, 2, 3]) {
    const started = once(process, "worker") as Promise<[Worker]>;
    assert.equal(await dying.process(input, { signal: AbortSignal.timeout(5_000) }), input);
    const [worker] = await started;
    if (worker.threadId >= 0) await new Promise((resolve) => worker.once("exit", resolve));
  }
});

test("a thread whose call ends after the close is let go too", { timeout: 10_000 }, async () => {
  const busy = threadPipe<number, number>("busy", blocking);
  const items = stream([200]).through(busy).toArray();
  await new Promise(setImmediate);
  await busy.close();
  assert.deepEqual(await items, [200]);
});
