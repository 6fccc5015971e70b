import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { pipe } from "./pipe.ts";
import { intoFunction } from "./sink.ts";
import { stream } from "./stream.ts";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;
/** Memory that is in use, bytes. */
function used(): number {
  collect();
  const { heapUsed, external, arrayBuffers } = process.memoryUsage();
  return heapUsed + external + arrayBuffers;
}

test("a sink a thousand times slower than the source costs no memory and loses nothing", async () => {
  let made = 0;
  // As fast as 100,000 items a second wherever somebody takes them.
  const source = async function* () {
    for (;;) {
      for (let i = 0; i < 1_000; i += 1) yield { id: made++, text: "x".repeat(200) };
      await sleep(10);
    }
  };
  const seen: number[] = [];
  const before = used();
  const running = stream(source)
    .buffer({ capacity: 1_000 })
    .through(
      pipe("same", (item: { readonly id: number }) => item.id),
      { concurrency: 4 },
    )
    .run(
      intoFunction(async (id) => {
        seen.push(id);
        await sleep(10);
      }),
    );
  await sleep(1_000);
  const growth = used() - before;
  await running.cancel();
  assert.ok(growth <= 32 * 2 ** 20, `${growth} bytes more`);
  assert.ok(seen.length > 10 && made <= seen.length + 1_010, `${made} made, ${seen.length} arrived`);
  assert.deepEqual(seen, [...seen.keys()]);
});

test("a stream of many items keeps none of them, outputs of pipes neither", async () => {
  const kept = pipe("kept", (id: number) => ({ id, text: "x".repeat(500) }), { keep: 10 });
  const before = used();
  let count = 0;
  const running = stream(function* () {
    for (let id = 0; id < 10_000; id += 1) yield id;
  })
    .through(kept)
    .window({ kind: "count", size: 3, every: 1 })
    .run(intoFunction(() => (count += 1)));
  await running.done;
  assert.equal(count, 9_998);
  assert.equal(kept.outputs().length, 10);
  assert.ok(used() - before <= 2 * 2 ** 20, `${used() - before} bytes more`);
});
