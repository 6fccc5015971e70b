import { Readable, Transform } from "node:stream";
import { pipeline as join } from "node:stream/promises";
import { apply, transform } from "@rivergen/pipeline";
import { stream } from "@rivergen/pipeline/streams";
import type { Stream } from "@rivergen/pipeline/streams";
import { bufferCount, bufferTime, from, lastValueFrom, map, mergeMap, reduce, windowCount } from "rxjs";
import type { Observable } from "rxjs";
import type { Row } from "./pipeline-rows.ts";

const ITEMS = 20_000;
const numbers = Array.from({ length: ITEMS }, (_, index) => index);
const seen = { total: 0 };
const unmeasured = { isMeasured: false };
const add = (count: number): void => void (seen.total += count);

/** Carries a stream to its end; what is measured of a run has no counterpart in the peers, so it is left out. */
const carry = <T>(items: Stream<T>, count: (item: T) => number): Promise<unknown> =>
  items.run({ name: "counted", write: (item) => add(count(item)) }, unmeasured).done;

const drain = <T>(items: Observable<T>, count: (item: T) => number): Promise<unknown> =>
  lastValueFrom(items.pipe(map((item) => add(count(item))), reduce(() => undefined, undefined))); // prettier-ignore

async function read<T>(items: AsyncIterable<T>, count: (item: T) => number): Promise<void> {
  for await (const item of items) add(count(item));
}

async function* counted(): AsyncGenerator<number> {
  yield* numbers;
}

/** Ends in a turn of its own, as answers of others do. */
const later = (value: number): Promise<number> => new Promise((resolve) => setImmediate(resolve, value + 1));
const call = apply("call", later);
const increment = transform("increment", (value: number) => value + 1);
const one = (): number => 1;

function row(name: string, peerName: string, ours: () => unknown, peer: () => unknown): Row {
  return { name, peerName, messages: ITEMS, ours, peer };
}

/** Streams beside what does the same: every peer keeps what ours promises in the row, order and bound included. */
export const streamRows = (): readonly Row[] => [
  row(
    "stream: one synchronous stage, per item",
    "node:stream Transform",
    () => carry(stream(counted).through(increment), one),
    () => {
      const step = new Transform({ objectMode: true, transform: (value: number, _, done) => done(null, value + 1) });
      return join(Readable.from(counted()), step, (items: AsyncIterable<unknown>) => read(items, one));
    },
  ),
  row(
    "stream: 16 calls at once, in order",
    "node:stream map",
    () => carry(stream(counted).through(call, { concurrency: 16 }), one),
    () => read(Readable.from(counted()).map(later, { concurrency: 16 }) as AsyncIterable<number>, one),
  ),
  row(
    "stream: 16 calls at once, as they end",
    "RxJS mergeMap",
    () => carry(stream(counted).through(call, { concurrency: 16, ordered: false }), one),
    () => drain(from(counted()).pipe(mergeMap(later, 16)), one),
  ),
  row(
    "stream: batches of 100, per item",
    "RxJS bufferCount",
    () => carry(stream(counted).batch({ count: 100 }), (batch) => batch.length),
    () => drain(from(counted()).pipe(bufferCount(100)), (batch) => batch.length),
  ),
  row(
    "stream: batches of 100 or 1 s, per item",
    "RxJS bufferTime",
    () => carry(stream(counted).batch({ count: 100, waitMs: 1_000 }), (batch) => batch.length),
    () => drain(from(counted()).pipe(bufferTime(1_000, null, 100)), (batch) => batch.length),
  ),
  row(
    "stream: sliding windows of 10 by 5, per item",
    "RxJS bufferCount",
    () => carry(stream(counted).window({ kind: "count", size: 10, every: 5 }), ({ items }) => items.length),
    () => drain(from(counted()).pipe(bufferCount(10, 5)), (items) => items.length),
  ),
  row(
    "stream: windows of 100, per item",
    "RxJS windowCount",
    () => carry(stream(counted).window({ kind: "count", size: 100 }), ({ items }) => items.length),
    () => drain(from(counted()).pipe(windowCount(100), mergeMap((items) => items.pipe(reduce((count) => count + 1, 0)))), (count) => count), // prettier-ignore
  ),
];
