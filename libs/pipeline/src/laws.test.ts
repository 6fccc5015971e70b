import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError } from "@rivergen/contracts";
import fc from "fast-check";
import {
  concurrent,
  contest,
  fallback,
  filter,
  race,
  sequence,
  switchOn,
  withBackoff,
  withBulkhead,
  withDedupe,
  withHandler,
  withRetry,
  withTimeout,
  workerPool,
} from "./connectors/index.ts";
import { PipelineError } from "./pipeline-error.ts";
import { createPipeline } from "./pipeline.ts";
import type { Processor } from "./processor.ts";
import { apply, effect, mutate } from "./processors/index.ts";
import { createVirtualClock } from "./virtual-clock.ts";

type Step = Processor<number, number>;
type Ledger = { begun: number; ended: number };

/** A leaf that is over at once or after some time, succeeds, fails, or is deaf to aborts. */
interface LeafPlan {
  readonly ms: number;
  readonly end: "value" | "failure" | "panic";
  readonly isDeaf: boolean;
}
type Plan = LeafPlan | { readonly kind: (typeof kinds)[number]; readonly children: readonly Plan[] };

const kinds = [
  "sequence",
  "concurrent",
  "pool",
  "race",
  "contest",
  "fallback",
  "retry",
  "backoff",
  "timeout",
  "filter",
  "switch",
  "handle",
  "bulkhead",
  "dedupe",
] as const;

const { tree } = fc.letrec<{ tree: Plan }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.record({
      ms: fc.constantFrom(0, 0, 1, 5, 20),
      end: fc.constantFrom("value" as const, "value" as const, "failure" as const, "panic" as const),
      isDeaf: fc.boolean(),
    }),
    fc.record({ kind: fc.constantFrom(...kinds), children: fc.array(tie("tree"), { minLength: 1, maxLength: 3 }) }),
  ),
}));

function leaf({ ms, end, isDeaf }: LeafPlan, ledger: Ledger): Step {
  const finish = (value: number): number => {
    if (end === "failure") throw new AppError("STORE_UNAVAILABLE");
    if (end === "panic") throw new TypeError("a bug");
    return value + 1;
  };
  return apply("leaf", (value, { clock, signal }) => {
    if (ms === 0) return finish(value);
    ledger.begun += 1;
    const waited = clock.sleep(ms, isDeaf ? undefined : signal).finally(() => (ledger.ended += 1));
    return waited.then(() => finish(value));
  });
}

function build(plan: Plan, ledger: Ledger): Step {
  if (!("kind" in plan)) return leaf(plan, ledger);
  const children = plan.children.map((child) => build(child, ledger));
  const some = children as unknown as readonly [Step, ...Step[]];
  const [first] = some;
  const sum = (_: number, outcomes: readonly { ok: boolean }[]) => outcomes.length;
  const makers: Record<(typeof kinds)[number], () => Step> = {
    sequence: () => sequence("n", children),
    concurrent: () => concurrent("n", children),
    pool: () => workerPool("n", children, { workers: 2, reduce: sum }),
    race: () => race("n", some),
    contest: () => contest("n", (value) => value % 3 !== 0, some),
    fallback: () => fallback("n", some),
    retry: () => withRetry("n", first, { attempts: 2 }),
    backoff: () => withBackoff("n", first, { attempts: 2, baseMs: 3 }),
    timeout: () => withTimeout("n", first, 7),
    filter: () => filter("n", (value) => value % 2 === 0, first, children.at(-1) as Step),
    switch: () => switchOn("n", (value) => String(value % 3), { 0: first }, children.at(-1) as Step),
    handle: () => withHandler("n", first, (_, input) => (input % 2 === 0 ? { value: input } : undefined)),
    bulkhead: () => withBulkhead("n", first, { concurrency: 1, queue: 1 }),
    dedupe: () => withDedupe("n", first, { key: String }),
  };
  return makers[plan.kind]();
}

test("law: whatever is built, fails and is aborted, every run ends exactly once, as a value or as a PipelineError, and leaves nothing behind", async () => {
  await fc.assert(
    fc.asyncProperty(
      tree,
      fc.array(fc.record({ input: fc.integer({ min: 0, max: 9 }), abortAt: fc.constantFrom(undefined, 0, 2, 6) }), { minLength: 1, maxLength: 3 }),
      async (plan, runs) => {
        const ledger: Ledger = { begun: 0, ended: 0 };
        const clock = createVirtualClock();
        const pipeline = createPipeline(build(plan, ledger), { clock, random: () => 0 });
        let ends = 0;
        const outcomes = runs.map(async ({ input, abortAt }) => {
          const stop = new AbortController();
          if (abortAt !== undefined) clock.after(abortAt, () => stop.abort(new Error("enough")));
          try {
            assert.equal(typeof (await pipeline.process(input, { signal: stop.signal })), "number");
          } catch (error) {
            assert.ok(error instanceof PipelineError, String(error));
            assert.equal(error.path[0], "kind" in plan ? "n" : "leaf");
            assert.ok(error.path.every((name, index) => name === (index === error.path.length - 1 ? name : "n")));
            if (error.aborted) assert.ok(abortAt !== undefined);
          }
          ends += 1;
        });
        await clock.advance(1_000);
        assert.equal(ends, runs.length);
        await Promise.all(outcomes);
        await pipeline.close();
        assert.deepEqual([ledger.begun, clock.pending], [ledger.ended, 0]);
      },
    ),
    { numRuns: 2_000, verbose: 1 },
  );
});

test("law: under random failures and aborts the items of a run come out once or are reported once", async () => {
  const item = fc.record({ ms: fc.constantFrom(0, 1, 3), fails: fc.boolean(), abortAt: fc.constantFrom(undefined, undefined, 1, 2) });
  await fc.assert(
    fc.asyncProperty(fc.array(item, { maxLength: 15 }), fc.integer({ min: 1, max: 4 }), async (items, concurrency) => {
      const clock = createVirtualClock();
      const stored: number[] = [];
      const store = effect<number>("store", (id) => stored.push(id));
      const slow = apply<number, number>("slow", (id, { signal }) => ((items[id]?.ms ?? 0) > 0 ? clock.sleep(items[id]?.ms ?? 0, signal).then(() => id) : id));
      const check = mutate<number>(
        "check",
        (id) => items[id]?.fails ?? false,
        () => {
          throw new AppError("FORBIDDEN");
        },
      );
      const pipeline = createPipeline(withBulkhead("b", sequence("s", [slow, check, store]), { concurrency }), { clock });
      const outcomes = Promise.allSettled(
        items.map(async ({ abortAt }, id) => {
          const stop = new AbortController();
          if (abortAt !== undefined) clock.after(abortAt, () => stop.abort(new Error("enough")));
          return pipeline.process(id, { signal: stop.signal });
        }),
      );
      await clock.advance(1_000);
      const fulfilled = (await outcomes).flatMap((outcome, id) => (outcome.status === "fulfilled" ? [id] : []));
      assert.deepEqual(
        stored.toSorted((a, b) => a - b),
        fulfilled,
      );
      for (const [id, { fails, abortAt }] of items.entries()) if (abortAt === undefined) assert.equal(fulfilled.includes(id), !fails);
    }),
    { numRuns: 1_000, verbose: 1 },
  );
});
