import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError } from "@rivergen/contracts";
import fc from "fast-check";
import { createBreaker } from "./breaker.ts";
import type { Admission, Breaker } from "./breaker.ts";
import { createVirtualClock } from "./virtual-clock.ts";

const succeed = async () => "done";
const fail = async () => Promise.reject(new AppError("STORE_UNAVAILABLE"));
const refused = { code: "CIRCUIT_OPEN" };

async function failTimes(breaker: Breaker, times: number): Promise<void> {
  for (let index = 0; index < times; index += 1) await assert.rejects(breaker.run(fail), { code: "STORE_UNAVAILABLE" });
}

test("opens at the fifth failure in a row, for 60 s, and one success closes it", async () => {
  const clock = createVirtualClock();
  const breaker = createBreaker({ clock });
  await failTimes(breaker, 4);
  await breaker.run(succeed);
  await failTimes(breaker, 4);
  assert.equal(breaker.snapshot().state, "closed");
  await failTimes(breaker, 1);
  await clock.advance(59_999);
  await assert.rejects(breaker.run(succeed), (error: AppError) => error.code === "CIRCUIT_OPEN" && error.details.retryAfterSeconds === 1);
  await clock.advance(1);
  assert.equal(await breaker.run(succeed), "done");
  assert.equal(breaker.snapshot().state, "closed");
});

test("a failed trial opens it again for the whole time", async () => {
  const clock = createVirtualClock();
  const breaker = createBreaker({ clock, failures: 1 });
  await failTimes(breaker, 1);
  await clock.advance(60_000);
  await failTimes(breaker, 1);
  await clock.advance(59_999);
  await assert.rejects(breaker.run(succeed), refused);
});

test("trial calls are limited and given back, however they end, so that it can always close", async () => {
  const clock = createVirtualClock();
  const breaker = createBreaker({ clock, failures: 1, successes: 3, trials: 1 });
  await failTimes(breaker, 1);
  await clock.advance(60_000);

  const stop = new AbortController();
  const aborted = breaker.run(() => new Promise((_, reject) => stop.signal.addEventListener("abort", () => reject(new Error("left")))), {
    signal: stop.signal,
  });
  await assert.rejects(breaker.run(succeed), refused, "the only trial is taken");
  stop.abort();
  await assert.rejects(aborted, /left/);
  assert.deepEqual(breaker.snapshot(), { state: "half-open", count: 0, openForMs: 0 });
  for (let index = 0; index < 3; index += 1) await breaker.run(succeed);
  assert.equal(breaker.snapshot().state, "closed");
});

test("an error that is an answer does not count against the thing called", async () => {
  const breaker = createBreaker({ failures: 1 });
  await assert.rejects(
    breaker.run(async () => Promise.reject(new AppError("DATASET_NOT_FOUND"))),
    { code: "DATASET_NOT_FOUND" },
  );
  assert.equal(breaker.snapshot().state, "closed");
});

test("a late answer of an earlier state changes nothing", async () => {
  const clock = createVirtualClock();
  const breaker = createBreaker({ clock, failures: 1 });
  let finish = () => {};
  const late = breaker.run(() => new Promise<void>((resolve) => (finish = resolve)));
  await failTimes(breaker, 1);
  finish();
  await late;
  assert.equal(breaker.snapshot().state, "open");
});

test("survives a reload in every state", async () => {
  const clock = createVirtualClock();
  const breaker = createBreaker({ clock });
  await failTimes(breaker, 3);
  const reloaded = createBreaker({ clock, initial: breaker.snapshot() });
  await failTimes(reloaded, 2);
  await clock.advance(20_000);
  const open = createBreaker({ clock, initial: reloaded.snapshot() });
  await clock.advance(39_999);
  await assert.rejects(open.run(succeed), refused);
  await clock.advance(1);
  assert.equal(await open.run(succeed), "done");
});

test("law: whatever happened, after the open time enough successes close it", async () => {
  const happening = fc.constantFrom("succeed", "fail", "wait");
  await fc.assert(
    fc.asyncProperty(
      fc.array(happening, { maxLength: 60 }),
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 1, max: 3 }),
      async (happenings, successes, trials) => {
        const clock = createVirtualClock();
        const breaker = createBreaker({ clock, failures: 3, openMs: 100, successes, trials });
        for (const what of happenings) {
          if (what === "wait") await clock.advance(60);
          else await breaker.run(what === "fail" ? fail : succeed).catch(() => {});
        }
        await clock.advance(100);
        for (let index = 0; index < successes; index += 1) await breaker.run(succeed);
        assert.equal(breaker.snapshot().state, "closed");
      },
    ),
    { numRuns: 1_000, verbose: 1 },
  );
});

/** What a breaker is, said as plainly as possible: every call is looked up in a list of what happened. */
function createModel({ failures, openMs, successes, trials }: { failures: number; openMs: number; successes: number; trials: number }) {
  let state = "closed";
  let since = 0;
  let streak = 0;
  let generation = 0;
  const calls = new Map<number, number>();
  const go = (next: string, now: number) => {
    [state, since, streak] = [next, now, 0];
    generation += 1;
  };
  return {
    begin(id: number, now: number): boolean {
      if (state === "open" && now - since >= openMs) go("half-open", now);
      const mine = [...calls.values()].filter((one) => one === generation).length;
      if (state === "open" || (state === "half-open" && mine >= trials)) return false;
      calls.set(id, generation);
      return true;
    },
    end(id: number, verdict: string, now: number): void {
      const isMine = calls.get(id) === generation;
      calls.delete(id);
      if (!isMine || verdict === "none") return;
      if (verdict === "failure" && (state === "half-open" || streak + 1 >= failures)) return go("open", now);
      if (verdict === "success" && state === "half-open" && streak + 1 >= successes) return go("closed", now);
      streak = state === "closed" && verdict === "success" ? 0 : streak + 1;
    },
    state: () => state,
  };
}

test("law: agrees with a model on every call, however calls overlap, end late, are aborted, or the breaker is reloaded while nothing runs", async () => {
  const happening = fc.oneof(
    { weight: 4, arbitrary: fc.constant({ what: "begin" as const }) },
    {
      weight: 4,
      arbitrary: fc.record({
        what: fc.constant("end" as const),
        which: fc.nat(),
        verdict: fc.constantFrom("success" as const, "failure" as const, "none" as const),
      }),
    },
    { weight: 2, arbitrary: fc.record({ what: fc.constant("wait" as const), ms: fc.integer({ min: 1, max: 120 }) }) },
    { weight: 1, arbitrary: fc.constant({ what: "reload" as const }) },
  );
  const limits = fc.record({
    failures: fc.integer({ min: 1, max: 4 }),
    openMs: fc.constant(100),
    successes: fc.integer({ min: 1, max: 3 }),
    trials: fc.integer({ min: 1, max: 3 }),
  });
  await fc.assert(
    fc.asyncProperty(limits, fc.array(happening, { maxLength: 80 }), async (options, happenings) => {
      const clock = createVirtualClock({ eager: true });
      let breaker = createBreaker({ clock, ...options });
      const model = createModel(options);
      const running: { id: number; admission: Admission }[] = [];
      for (const [id, one] of happenings.entries()) {
        if (one.what === "wait") await clock.sleep(one.ms);
        else if (one.what === "reload") {
          if (running.length === 0) breaker = createBreaker({ clock, ...options, initial: breaker.snapshot() });
        } else if (one.what === "begin") {
          const isAdmitted = model.begin(id, clock.now());
          if (isAdmitted) running.push({ id, admission: breaker.admit() });
          else assert.throws(() => breaker.admit(), refused);
        } else if (running.length > 0) {
          const [call] = running.splice(one.which % running.length, 1);
          if (call) breaker.end(call.admission, one.verdict);
          model.end(call?.id ?? 0, one.verdict, clock.now());
        }
        assert.equal(breaker.state, model.state());
      }
    }),
    { numRuns: 2_000, verbose: 1 },
  );
});
