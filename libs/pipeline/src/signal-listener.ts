import { isThenable } from "./processor.ts";

/** What happens to a new event when a listener's queue is full: whoever emits waits, the oldest goes, or the new one goes. */
export type WhenFull = "block" | "drop-oldest" | "drop-newest";

export interface ListenerOptions {
  /** Names it in statistics. Default: the function's name. */
  readonly name?: string;
  /** Events that may wait. Default 1,024. */
  readonly capacity?: number;
  /** Default `drop-oldest`: no listener slows a pipeline unless it says `block`. */
  readonly whenFull?: WhenFull;
}

export interface ListenerStats {
  readonly name: string;
  readonly queued: number;
  readonly delivered: number;
  readonly dropped: number;
  /** Times that it threw. */
  readonly failed: number;
}

export interface Listener<Event> {
  /** Queues an event; a promise when there is no room and the policy is `block`. An event whose emitter is aborted while it waits is dropped. */
  take(event: Event, signal: AbortSignal | undefined): Promise<void> | undefined;
  /** Resolves when nothing is queued and nothing is being delivered. */
  idle(): Promise<void>;
  close(): void;
  stats(): ListenerStats;
}

/** A listener with its queue: events are delivered after the act, in order, one at a time; what it throws stays with it. */
export function createListener<Event>(
  deliver: (event: Event) => unknown,
  report: (error: unknown, event: Event) => void,
  { name = deliver.name, capacity = 1_024, whenFull = "drop-oldest" }: ListenerOptions = {},
): Listener<Event> {
  const queue: Event[] = [];
  const line = createLine<Event>();
  const idlers: (() => void)[] = [];
  const counts = { delivered: 0, dropped: 0, failed: 0 };
  let isBusy = false;

  function push(event: Event): undefined {
    queue.push(event);
    if (isBusy) return;
    isBusy = true;
    queueMicrotask(() => void drain());
  }

  async function drain(): Promise<void> {
    for (let event = queue.shift(); event !== undefined; event = queue.shift()) {
      const next = line.admit();
      if (next !== undefined) queue.push(next);
      try {
        const outcome = deliver(event);
        if (isThenable(outcome)) await outcome;
        counts.delivered += 1;
      } catch (error) {
        counts.failed += 1;
        report(error, event);
      }
    }
    isBusy = false;
    for (const idler of idlers.splice(0)) idler();
  }

  return {
    take(event, signal) {
      if (queue.length < capacity) return push(event);
      if (whenFull === "block" && !signal?.aborted) return line.wait(event, signal, () => (counts.dropped += 1));
      counts.dropped += 1;
      if (whenFull === "drop-oldest") {
        queue.shift();
        queue.push(event);
      }
      return undefined;
    },
    idle: () => (isBusy ? new Promise((resolve) => idlers.push(resolve)) : Promise.resolve()),
    close() {
      queue.length = 0;
      while (line.admit() !== undefined);
    },
    stats: () => ({ name, queued: queue.length + line.length, ...counts }),
  };
}

interface Line<Event> {
  /** Resolves when the event is admitted, or when its emitter is aborted and it leaves. */
  wait(event: Event, signal: AbortSignal | undefined, left: () => void): Promise<void>;
  /** The first in line, whose emitter goes on. */
  admit(): Event | undefined;
  readonly length: number;
}

/** Events for which there is no room, each with an emitter that waits; first come, first served. */
function createLine<Event>(): Line<Event> {
  const waiting = new Set<{ readonly event: Event; readonly go: () => void }>();
  return {
    wait: (event, signal, left) =>
      new Promise((resolve) => {
        const leave = () => {
          waiting.delete(one);
          left();
          resolve();
        };
        const go = () => {
          signal?.removeEventListener("abort", leave);
          resolve();
        };
        const one = { event, go };
        waiting.add(one);
        signal?.addEventListener("abort", leave, { once: true });
      }),
    admit() {
      const [first] = waiting;
      if (!first) return undefined;
      waiting.delete(first);
      first.go();
      return first.event;
    },
    get length() {
      return waiting.size;
    },
  };
}
