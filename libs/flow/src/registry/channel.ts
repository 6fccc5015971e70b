import { AppError } from "@rivergen/contracts";

/** A bounded queue between a flow and whoever reads it. */
export interface Channel<T> extends AsyncIterable<T> {
  /** Resolves when the item is in; waits while it is full. @throws the signal's reason when it aborts first; SERVICE_UNAVAILABLE once closed */
  send(item: T, signal?: AbortSignal): Promise<void> | undefined;
  /** The oldest item; waits while there is none. Undefined once it is closed and empty. */
  receive(signal?: AbortSignal): Promise<T | undefined>;
  /** Everything that is there or waits to get in, without waiting. */
  drain(): T[];
  /** Nothing more is taken; what is in can still be read. */
  close(): void;
  readonly size: number;
}

/** Those who wait in line; what each is given when its turn comes. */
interface Line<T> {
  /** Waits for one's turn. @throws the signal's reason */
  wait<Given>(note: T, signal: AbortSignal | undefined): Promise<Given>;
  /** Takes the first out of the line, if there is one; `serve` lets it go on. */
  next(): { readonly note: T; readonly serve: (given?: unknown) => void } | undefined;
  readonly length: number;
}

function createLine<T>(): Line<T> {
  const waiting = new Set<{ readonly note: T; readonly serve: (given?: unknown) => void }>();
  return {
    wait: (note, signal) =>
      new Promise((resolve, reject) => {
        const leave = () => {
          waiting.delete(one);
          reject(signal?.reason as Error);
        };
        const one = {
          note,
          serve: (given?: unknown) => {
            signal?.removeEventListener("abort", leave);
            resolve(given as never);
          },
        };
        waiting.add(one);
        signal?.addEventListener("abort", leave, { once: true });
      }),
    next() {
      const [first] = waiting;
      if (first) waiting.delete(first);
      return first;
    },
    get length() {
      return waiting.size;
    },
  };
}

/** A channel for at most `capacity` items; with 0 an item goes straight from its sender to a reader. */
export function createChannel<T>({ capacity }: { readonly capacity: number }): Channel<T> {
  const items: T[] = [];
  const senders = createLine<T>();
  const readers = createLine<undefined>();
  let isClosed = false;

  /** The oldest item; its place goes to the first sender in line. */
  function take(): T | undefined {
    const sender = senders.next();
    if (sender) {
      items.push(sender.note);
      sender.serve();
    }
    return items.shift();
  }

  const channel: Channel<T> = {
    send(item, signal) {
      signal?.throwIfAborted();
      if (isClosed) throw new AppError("SERVICE_UNAVAILABLE", { detail: "This channel was closed" });
      const reader = readers.next();
      if (reader) reader.serve(item);
      else if (items.length < capacity) items.push(item);
      else return senders.wait<void>(item, signal);
      return undefined;
    },
    async receive(signal) {
      signal?.throwIfAborted();
      if (items.length > 0 || senders.length > 0) return take();
      return isClosed ? undefined : await readers.wait<T | undefined>(undefined, signal);
    },
    drain() {
      const all: T[] = [];
      while (items.length > 0 || senders.length > 0) all.push(take() as T);
      return all;
    },
    close() {
      isClosed = true;
      for (let reader = readers.next(); reader; reader = readers.next()) reader.serve();
    },
    get size() {
      return items.length;
    },
    async *[Symbol.asyncIterator]() {
      for (;;) {
        const item = await channel.receive();
        if (item === undefined) return;
        yield item;
      }
    },
  };
  return channel;
}
