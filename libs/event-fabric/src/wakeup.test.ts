import assert from "node:assert/strict";
import { test } from "node:test";
import { createWakeup } from "./wakeup.ts";

const never = new AbortController().signal;

test("a wake-up ends a wait, one that came before it too, and many count as one", async () => {
  const wakeup = createWakeup();
  const waiting = wakeup.wait(60_000, never);
  wakeup.notify();
  wakeup.notify();
  assert.equal(await waiting, true);
  wakeup.notify();
  wakeup.notify();
  assert.equal(await wakeup.wait(60_000, never), true);
  assert.equal(await wakeup.wait(1, never), false);
});

test("an abort ends a wait", async () => {
  const stop = new AbortController();
  const waiting = createWakeup().wait(60_000, stop.signal);
  stop.abort();
  assert.equal(await waiting, false);
  assert.equal(await createWakeup().wait(60_000, stop.signal), false);
});
