// `node tools/src/stream-memory.ts [seconds]`: a sink of 100 items a second behind a source of 100,000; the last line is JSON.
import { setTimeout as sleep } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { intoFunction, pipe, stream } from "@rivergen/pipeline/streams";
import { requireNode } from "./root.ts";

const MIB = 2 ** 20;
const ALLOWED_MIB = 32;

requireNode();
setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;
const used = (): number => {
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / MIB;
};

/** A thousand items every ten milliseconds, as long as somebody takes them. */
let made = 0;
async function* source(): AsyncGenerator<{ readonly id: number; readonly text: string }> {
  for (;;) {
    for (let count = 0; count < 1_000; count += 1) yield { id: made++, text: "x".repeat(200) };
    await sleep(10);
  }
}

const seconds = Number(process.argv[2] ?? 30);
const before = used();
const residentBefore = process.memoryUsage().rss / MIB;
let next = 0;
let isInOrder = true;
const running = stream(source)
  .buffer({ capacity: 10_000 })
  .through(
    pipe("id", ({ id }: { readonly id: number }) => id),
    { concurrency: 4 },
  )
  .run(
    intoFunction(async (id) => {
      isInOrder &&= id === next++;
      await sleep(10);
    }),
  );
let growth = 0;
for (let second = 0; second < seconds; second += 1) {
  await sleep(1_000);
  growth = Math.max(growth, used() - before);
}
const depth = running.metrics().gauges["buffer.depth"] ?? 0;
const resident = process.memoryUsage().rss / MIB - residentBefore;
await running.cancel();
const isHeld = growth <= ALLOWED_MIB && isInOrder;
const round = (value: number): number => Math.round(value * 10) / 10;
console.log(
  JSON.stringify({ seconds, made, arrived: next, buffered: depth, isInOrder, growthMib: round(growth), residentMib: round(resident), allowedMib: ALLOWED_MIB }),
);
process.exitCode = isHeld ? 0 : 1;
