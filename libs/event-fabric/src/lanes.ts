/** Runs works of one key one after the other, in the order given, and works of different keys side by side. */
export interface Lanes {
  /** Never rejects: `work` settles its own errors. */
  add(key: string, work: () => Promise<void>): void;
  /** Works given and not yet done. */
  readonly size: number;
  /** Resolves when fewer than `limit` works are left. */
  below(limit: number): Promise<void>;
}

export function createLanes(): Lanes {
  const tails = new Map<string, Promise<void>>();
  let size = 0;
  let waiting: { limit: number; resolve: () => void }[] = [];

  function done(): void {
    size -= 1;
    const ready = waiting.filter(({ limit }) => size < limit);
    if (ready.length === 0) return;
    waiting = waiting.filter((waiter) => !ready.includes(waiter));
    for (const { resolve } of ready) resolve();
  }

  return {
    add(key, work) {
      size += 1;
      const tail: Promise<void> = (tails.get(key) ?? Promise.resolve()).then(work).finally(() => {
        if (tails.get(key) === tail) tails.delete(key);
        done();
      });
      tails.set(key, tail);
    },
    get size() {
      return size;
    },
    below(limit) {
      if (size < limit) return Promise.resolve();
      return new Promise((resolve) => waiting.push({ limit, resolve }));
    },
  };
}
