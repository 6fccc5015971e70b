import { apply, compose, createPipeline, fallback, transform, withBackoff, withBreaker, withBulkhead, withRateLimit, withTimeout } from "@rivergen/pipeline";
import type { Pipeline } from "@rivergen/pipeline";
import Bottleneck from "bottleneck";
import {
  bulkhead,
  circuitBreaker,
  ConsecutiveBreaker,
  ExponentialBackoff,
  fallback as cockatielFallback,
  handleAll,
  retry,
  timeout,
  TimeoutStrategy,
} from "cockatiel";
import CircuitBreaker from "opossum";
import pLimit from "p-limit";
import pRetry from "p-retry";
import { from, map } from "rxjs";

/** One row: two ways to do the same to a message, and how many messages a round takes. */
export interface Row {
  readonly name: string;
  readonly peerName: string;
  readonly messages: number;
  ours(): unknown;
  peer(): unknown;
}

const sum = { total: 0 };

function numbers(): Row {
  const inputs = Array.from({ length: 300_000 }, (_, index) => index);
  const steps = [
    (value: number) => value + 1,
    (value: number) => value * 2,
    (value: number) => value - 3,
    (value: number) => value ^ 5,
    (value: number) => value + 7,
  ] as const;
  const [a, b, c, d, e] = steps;
  const pipeline = createPipeline(compose("five", transform("a", a), transform("b", b), transform("c", c), transform("d", d), transform("e", e)));
  return {
    name: "synchronous stages on numbers, per stage",
    peerName: "RxJS map",
    messages: inputs.length * 5,
    ours() {
      for (const input of inputs) sum.total += pipeline.process(input) as number;
    },
    peer() {
      from(inputs)
        .pipe(map(a), map(b), map(c), map(d), map(e))
        .subscribe((value) => (sum.total += value));
    },
  };
}

interface Item {
  readonly id: number;
  readonly name: string;
}

function objects(): Row {
  const inputs: Item[] = Array.from({ length: 100_000 }, (_, id) => ({ id, name: `item ${id}` }));
  const one = (item: Item) => ({ ...item, one: 1 });
  const two = (item: ReturnType<typeof one>) => ({ ...item, two: item.id * 2 });
  const three = (item: ReturnType<typeof two>) => ({ ...item, three: item.name });
  const pipeline = createPipeline(compose("three", transform("one", one), transform("two", two), transform("three", three)));
  return {
    name: "synchronous stages on objects, per stage",
    peerName: "RxJS map",
    messages: inputs.length * 3,
    ours() {
      for (const input of inputs) sum.total += (pipeline.process(input) as ReturnType<typeof three>).two;
    },
    peer() {
      from(inputs)
        .pipe(map(one), map(two), map(three))
        .subscribe((item) => (sum.total += item.two));
    },
  };
}

const work = async (value: number): Promise<number> => value + 1;
const call = apply("call", work);
/** Runs of a round; fewer beside what takes a thousand times as long. */
const RUNS = 20_000;
const FEW_RUNS = 500;

/** Runs one after the other. */
async function inTurn(run: (value: number) => unknown, runs: number): Promise<void> {
  for (let value = 0; value < runs; value += 1) sum.total += (await run(value)) as number;
}

/** A hundred runs at once, as often as it takes. */
async function atOnce(run: (value: number) => unknown, runs: number): Promise<void> {
  for (let from = 0; from < runs; from += 100) {
    const results = await Promise.all(Array.from({ length: 100 }, async (_, value) => run(value)));
    sum.total += results.length;
  }
}

function waiting(name: string, ours: Pipeline<number, number>, peerName: string, peer: (value: number) => unknown, how = inTurn, runs = RUNS): Row {
  return { name, peerName, messages: runs, ours: () => how((value) => ours.process(value), runs), peer: () => how(peer, runs) };
}

function asynchronous(): Row[] {
  const limit = pLimit(10);
  const bottleneck = new Bottleneck({ maxConcurrent: 10 });
  const shared = bulkhead(10, 100);
  const behind = () => createPipeline(withBulkhead("ten", call, { concurrency: 10, queue: 100 }));
  return [
    waiting("three asynchronous stages, per run", createPipeline(compose("three", call, call, call)), "async functions with await", async (value) =>
      work(await work(await work(value))),
    ),
    waiting("bulkhead of 10, 100 at once", behind(), "p-limit", (value) => limit(work, value), atOnce),
    waiting("bulkhead of 10, 100 at once", behind(), "cockatiel", (value) => shared.execute(() => work(value)), atOnce),
    waiting("bulkhead of 10, 100 at once", behind(), "bottleneck", (value) => bottleneck.schedule(work, value), atOnce, FEW_RUNS),
  ];
}

function protective(): Row[] {
  const fuse = new CircuitBreaker(work, { timeout: false, rollingCountBuckets: 10 });
  const breaker = circuitBreaker(handleAll, { halfOpenAfter: 60_000, breaker: new ConsecutiveBreaker(5) });
  const retrying = retry(handleAll, { maxAttempts: 2, backoff: new ExponentialBackoff() });
  const limited = timeout(10_000, TimeoutStrategy.Aggressive);
  const falling = cockatielFallback(handleAll, -1);
  const rate = new Bottleneck({ reservoir: 1e9 });
  const many = { perSecond: 1e9, burst: 1e9 };
  const retried = () => createPipeline(withBackoff("retry", call));
  const guarded = () => createPipeline(withBreaker("breaker", call));
  return [
    waiting("retry of what succeeds", retried(), "p-retry", (value) => pRetry(() => work(value), { retries: 2 })),
    waiting("retry of what succeeds", retried(), "cockatiel", (value) => retrying.execute(() => work(value))),
    waiting("circuit breaker, closed", guarded(), "opossum", (value) => fuse.fire(value)),
    waiting("circuit breaker, closed", guarded(), "cockatiel", (value) => breaker.execute(() => work(value))),
    waiting("timeout of 10 s, not reached", createPipeline(withTimeout("timeout", call, 10_000)), "cockatiel", (value) => limited.execute(() => work(value))),
    waiting(
      "rate limit, not reached",
      createPipeline(withRateLimit("rate", call, many)),
      "bottleneck",
      (value) => rate.schedule(work, value),
      inTurn,
      FEW_RUNS,
    ),
    waiting("fallback, not needed", createPipeline(fallback("fallback", [call, transform("none", () => -1)])), "cockatiel", (value) =>
      falling.execute(() => work(value)),
    ),
  ];
}

function json(): Row {
  const order = { id: 1, customer: "Ann", lines: Array.from({ length: 20 }, (_, line) => ({ sku: `sku-${line}`, quantity: line, price: line * 1.25 })) };
  const text = JSON.stringify(order);
  type Order = typeof order;
  const messages = 20_000;
  const pipeline = createPipeline(
    compose(
      "order",
      transform("checked", (one: Order) => one),
      transform("named", (one) => ((one.customer = one.customer.toUpperCase()), one)),
      transform("numbered", (one) => ((one.id += 1), one)),
      transform("trimmed", (one) => one),
      transform("final", (one) => one),
    ),
  );
  return {
    name: "JSON in, five stages, JSON out",
    peerName: "JSON alone",
    messages,
    ours() {
      for (let index = 0; index < messages; index += 1) sum.total += JSON.stringify(pipeline.process(JSON.parse(text) as Order)).length;
    },
    peer() {
      for (let index = 0; index < messages; index += 1) sum.total += JSON.stringify(JSON.parse(text) as Order).length;
    },
  };
}

/** Every row; the first is the one that the goals are set for. */
export const pipelineRows = (): readonly Row[] => [numbers(), objects(), json(), ...asynchronous(), ...protective()];
