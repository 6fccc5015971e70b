import assert from "node:assert/strict";
import { test } from "node:test";
import { timeout } from "./timeout.ts";
import { createVirtualClock } from "./virtual-clock.ts";

const deadlineExceeded = { code: "DEADLINE_EXCEEDED" };
const never = () => new Promise<never>(() => {});

test("gives what the work gives, and throws what it throws", async () => {
  const clock = createVirtualClock();
  assert.equal(await timeout(async () => 1, 10, { clock }), 1);
  await assert.rejects(
    timeout(async () => Promise.reject(new TypeError("a bug")), 10, { clock }),
    TypeError,
  );
});

test("at the deadline it does not wait for work that ignores its signal", async () => {
  const clock = createVirtualClock();
  let inner: AbortSignal | undefined;
  const ignoring = (signal: AbortSignal) => {
    inner = signal;
    return never();
  };
  const outcome = timeout(ignoring, 10, { clock });
  const refused = assert.rejects(outcome, deadlineExceeded);
  await clock.advance(9);
  assert.equal(inner?.aborted, false);
  await clock.advance(1);
  await refused;
  assert.equal(inner?.aborted, true);
});

test("an outer abort comes through with its own reason", async () => {
  const stop = new AbortController();
  const outcome = timeout(never, 10, { signal: stop.signal, clock: createVirtualClock() });
  stop.abort(new Error("enough"));
  await assert.rejects(outcome, /enough/);
});

test("nothing stays behind: the process ends although the deadline is far", async () => {
  assert.equal(await timeout(async () => 1, 2 ** 30), 1);
});
