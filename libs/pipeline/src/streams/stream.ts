import { AppError } from "@rivergen/contracts";
import type { Processor } from "../processor.ts";
import type { BatchOptions } from "./batch.ts";
import type { BufferOptions } from "./buffer.ts";
import type { Entries } from "./entry.ts";
import { mergeEntries, zipEntries } from "./join.ts";
import type { RunContext } from "./run-context.ts";
import { readItems, startRunning } from "./running.ts";
import type { Running, RunOptions } from "./running.ts";
import { intoArray } from "./sink.ts";
import type { Sink } from "./sink.ts";
import { fromIterable } from "./source.ts";
import type { AnyIterable, Source } from "./source.ts";
import { batchStage, bufferStage, fanStage, filterStage, throughStage, windowStage } from "./stages.ts";
import type { Opener, WindowHooks, WindowOptions } from "./stages.ts";
import type { Window } from "./window-options.ts";
import type { ThroughOptions } from "./work.ts";

/** The items of a stream by their keys. */
export interface KeyedStream<T, K> {
  /** Items of one key go through one after the other and stay in order; different keys go at once, up to `concurrency`. */
  through<Out>(processor: Processor<T, Out>, options?: Omit<ThroughOptions<T>, "ordered">): Stream<Out>;
  /** Windows of each key by itself. */
  window(options: WindowOptions, hooks?: WindowHooks<T>): Stream<Window<T, K>>;
}

/**
 * Items on their way, described and not yet moving: reading it or `run` starts. Every stage takes an item only when the
 * next one asks, so nothing piles up outside declared buffers. Options are checked when a stage is added: INVALID_REQUEST.
 */
export interface Stream<T> extends AsyncIterable<T>, AsyncDisposable {
  /** Lets every item go through a processor or pipe. */
  through<Out>(processor: Processor<T, Out>, options?: ThroughOptions<T>): Stream<Out>;
  /** Only items that fulfil a condition. */
  filter(condition: (item: T) => boolean): Stream<T>;
  /** Reads ahead into a bounded store. */
  buffer(options: BufferOptions): Stream<T>;
  /** Lists of items, each full by count, bytes or time. */
  batch(options: BatchOptions): Stream<T[]>;
  window(options: WindowOptions, hooks?: WindowHooks<T>): Stream<Window<T>>;
  keyBy<K>(key: (item: T) => K): KeyedStream<T, K>;
  /** The items of this stream and others, as they arrive. */
  merge<Other>(...others: readonly Stream<Other>[]): Stream<T | Other>;
  /** Pairs with the items of another stream, until the shorter one ends. */
  zip<Other>(other: Stream<Other>): Stream<[T, Other]>;
  /**
   * So many streams that each get every item. Read all of them at the same time: the slowest holds up the others once it
   * is `capacity` items behind (default 16). What they share is opened by the first that is read, with its run's options.
   */
  broadcast(branches: number, options?: { readonly capacity?: number }): Stream<T>[];
  /** Streams by name, read like those of `broadcast`; each item goes to the one that `route` names. Another name fails them: INVALID_REQUEST. */
  split<Name extends string>(names: readonly Name[], route: (item: T) => Name, options?: { readonly capacity?: number }): Record<Name, Stream<T>>;
  /** Carries the items into a sink. */
  run(sink: Sink<T>, options?: RunOptions): Running;
  /** Carries all items into a list. */
  toArray(options?: RunOptions): Promise<T[]>;
  /** Reads the items; `for await` over the stream itself does so with default options. */
  read(options?: RunOptions): AsyncGenerator<T, void, undefined>;
  /** Ends what runs and lets nothing begin any more: a closed stream has no items. */
  close(): Promise<void>;
  readonly isClosed: boolean;
  /** For combinators: the items with their origins, within a run. */
  open(context: RunContext): Entries<T>;
}

/** The items of a source, or of anything that can be iterated; `name` is the key of its position. */
export function stream<T>(source: Source<T> | AnyIterable<T> | (() => AnyIterable<T>), name?: string): Stream<T> {
  const read = typeof source === "object" && "read" in source ? source : fromIterable(source, name);
  return createStream((context) => context.openSource(read));
}

async function* nothing(): AsyncGenerator<never> {}

/** How a stream is read, run and closed. */
function createEnds<T>(describe: Opener<T>): Pick<Stream<T>, "open" | "run" | "toArray" | "read" | "close" | "isClosed"> {
  let isClosed = false;
  const closing = new AbortController();
  const runs = new Set<Running>();
  const open: Opener<T> = (context) => (isClosed ? nothing() : describe(context));
  const run = (sink: Sink<T>, options: RunOptions = {}): Running => {
    const running = startRunning(open, sink, options);
    runs.add(running);
    const forget = () => runs.delete(running);
    running.done.then(forget, forget);
    return running;
  };
  return {
    open,
    run,
    async toArray(options) {
      const items: T[] = [];
      await run(intoArray(items), options).done;
      return items;
    },
    read: (options = {}) => readItems(open, closing.signal, options),
    async close() {
      isClosed = true;
      closing.abort(new AppError("ABORTED"));
      await Promise.allSettled([...runs].map((running) => running.cancel()));
    },
    get isClosed() {
      return isClosed;
    },
  };
}

function createStream<T>(describe: Opener<T>): Stream<T> {
  const ends = createEnds(describe);
  const { open } = ends;
  const none = () => undefined;
  return {
    ...ends,
    get isClosed() {
      return ends.isClosed;
    },
    through: (processor, options = {}) => createStream(throughStage(open, processor, options)),
    filter: (condition) => createStream(filterStage(open, condition)),
    buffer: (options) => createStream(bufferStage(open, options)),
    batch: (options) => createStream(batchStage(open, options)),
    window: (options, hooks = {}) => createStream(windowStage(open, options, hooks, none)),
    keyBy: (key) => ({
      through: (processor, options = {}) => createStream(throughStage(open, processor, options, key)),
      window: (options, hooks = {}) => createStream(windowStage(open, options, hooks, key)),
    }),
    merge: <Other>(...others: readonly Stream<Other>[]) =>
      createStream<T | Other>((context) => mergeEntries<T | Other>([open(context), ...others.map((other) => other.open(context))])),
    zip: <Other>(other: Stream<Other>) => createStream<[T, Other]>((context) => zipEntries(open(context), other.open(context))),
    broadcast(branches, { capacity } = {}) {
      const all = Array.from({ length: branches }, (_, index) => index);
      return fanStage(open, branches, () => all, capacity).map(createStream);
    },
    split<Name extends string>(names: readonly Name[], route: (item: T) => Name, { capacity }: { readonly capacity?: number } = {}) {
      const numberOf = (item: T): readonly number[] => {
        const name = route(item);
        if (!names.includes(name)) throw new AppError("INVALID_REQUEST", { detail: `There is no branch "${name}"` });
        return [names.indexOf(name)];
      };
      const branches = fanStage(open, names.length, numberOf, capacity).map(createStream);
      return Object.fromEntries(names.map((name, index) => [name, branches[index]])) as Record<Name, Stream<T>>;
    },
    [Symbol.asyncIterator]: () => ends.read(),
    [Symbol.asyncDispose]: () => ends.close(),
  };
}
