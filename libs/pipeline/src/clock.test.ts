import assert from "node:assert/strict";
import { test } from "node:test";
import { systemClock } from "./clock.ts";
import { createVirtualClock } from "./virtual-clock.ts";

test("the machine's clock: a wait beyond what a timer can hold does not end at once, and ends with its signal", async () => {
  const stop = new AbortController();
  const ends = ["infinite", "long"].map((_, index) =>
    systemClock.sleep(index === 0 ? Infinity : 2 ** 40, stop.signal).then(
      () => "over",
      () => "aborted",
    ),
  );
  const first = await Promise.race([...ends, systemClock.sleep(5).then(() => "still waiting")]);
  assert.equal(first, "still waiting");
  stop.abort();
  assert.deepEqual(await Promise.all(ends), ["aborted", "aborted"]);
});

test("the machine's clock: a callback comes once, and not when it was called off", async () => {
  let calls = 0;
  const cancel = systemClock.after(1, () => (calls += 10));
  cancel();
  await new Promise<void>((resolve) => systemClock.after(2, () => ((calls += 1), resolve())));
  assert.equal(calls, 1);
});

test("the time of a turn is never late and never older than the turn", async () => {
  for (let round = 0; round < 50; round += 1) {
    const before = systemClock.now();
    await new Promise(setImmediate);
    const after = systemClock.now();
    const turn = systemClock.turn().ms;
    assert.ok(turn >= before && turn <= systemClock.now(), `${before} ${after} ${turn}`);
  }
});

test("the virtual clock wakes in the order of time, callbacks and sleeps alike", async () => {
  const clock = createVirtualClock();
  const seen: string[] = [];
  clock.after(20, () => seen.push(`b${clock.now()}`));
  void clock.sleep(10).then(() => seen.push(`a${clock.now()}`));
  clock.after(15, () => seen.push("never"))();
  await clock.advance(30);
  assert.deepEqual(seen, ["a10", "b20"]);
  assert.deepEqual([clock.now(), clock.pending], [30, 0]);
});
