/**
 * What is told when nothing holds an item of a source any longer. An item starts out held once; who passes it to more
 * than one place holds it more often, and whoever has finished with it releases it.
 */
export interface Origin {
  /** When the item, or the oldest of its items, came out of the source, on the clock of the run. */
  readonly at: number;
  /** Adds so many places that hold it. Default 1. */
  hold(places?: number): void;
  /** One place has finished with it. */
  release(): void;
}

/** A value on its way through a stream, with the item or items of the source that it stands for. */
export interface Entry<T> {
  readonly value: T;
  readonly origin: Origin;
}

/** What stages of a stream read from and are read as. */
export type Entries<T> = AsyncIterable<Entry<T>>;

/** Runs `done` when it has been released as often as it was held. */
export function createOrigin(at: number, done: () => void): Origin {
  let places = 1;
  return {
    at,
    hold(more = 1) {
      places += more;
    },
    release() {
      places -= 1;
      if (places === 0) done();
    },
  };
}

/** One origin for several: releasing it releases each of them once. */
export function joinOrigins(entries: readonly Entry<unknown>[]): Origin {
  return createOrigin(
    entries.reduce((oldest, { origin }) => Math.min(oldest, origin.at), Number.POSITIVE_INFINITY),
    () => {
      for (const { origin } of entries) origin.release();
    },
  );
}

/** Ends an iterator that will not be read on. One that still owes an answer may never give it, so that is not waited for. */
export async function leave(iterator: AsyncIterator<unknown>, isAsked: boolean): Promise<void> {
  const left = Promise.resolve(iterator.return?.());
  if (isAsked) left.catch(() => {});
  else await left;
}

/** Gives a result up when the run is cancelled, whether or not whoever makes it listens to the signal. */
export function untilAborted<T>(pending: PromiseLike<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason as Error);
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort, { once: true });
    const settle = () => signal.removeEventListener("abort", abort);
    pending.then(
      (value) => {
        settle();
        resolve(value);
      },
      (error: unknown) => {
        settle();
        reject(error as Error);
      },
    );
  });
}
