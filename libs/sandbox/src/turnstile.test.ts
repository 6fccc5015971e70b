import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError } from "@rivergen/contracts";
import { createTurnstile } from "./turnstile.ts";

const open = new AbortController().signal;

test("a bounded number is in, the next waits its turn, one too many is turned away", async () => {
  const turnstile = createTurnstile(1, 1);
  const leave = await turnstile.enter(open);
  const second = turnstile.enter(open);
  await assert.rejects(turnstile.enter(open), (error) => error instanceof AppError && error.code === "OVERLOADED");
  assert.deepEqual(turnstile.stats(), { running: 1, waiting: 1 });
  leave();
  leave();
  const leaveSecond = await second;
  assert.deepEqual(turnstile.stats(), { running: 1, waiting: 0 });
  const emptied = turnstile.empty();
  leaveSecond();
  await emptied;
});

test("who gives up while waiting loses the place and tells why", async () => {
  const turnstile = createTurnstile(1, 5);
  const leave = await turnstile.enter(open);
  const giveUp = new AbortController();
  const waiting = turnstile.enter(giveUp.signal);
  giveUp.abort(new Error("no longer wanted"));
  await assert.rejects(waiting, /no longer wanted/);
  assert.deepEqual(turnstile.stats(), { running: 1, waiting: 0 });
  leave();
  assert.deepEqual(turnstile.stats(), { running: 0, waiting: 0 });
});
