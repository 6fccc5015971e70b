import { AppError } from "@rivergen/contracts";
import { z } from "zod";
import { createBell } from "./bell.ts";
import { leave } from "./entry.ts";
import type { Entries, Entry } from "./entry.ts";

/** A bounded store between who makes items and who takes them. */
export const bufferOptions = z.strictObject({
  /** Most items held. */
  capacity: z.int().positive(),
  /**
   * What happens to an item when it is full: `block` (default) lets the source wait, so nothing is lost; `drop-oldest` and
   * `drop-newest` give one up and count it; `error` fails the stream with OVERLOADED.
   */
  policy: z.enum(["block", "drop-oldest", "drop-newest", "error"]).default("block"),
});
export type BufferOptions = z.input<typeof bufferOptions>;

/** What a buffer tells of itself. */
export interface BufferProbe {
  /** Items held at the moment. */
  depth: () => number;
  /** Items given up so far. */
  dropped: () => number;
}

/** Reads ahead of whoever reads it. Items held when the source fails are given before its error. */
export function createBuffer<T>(source: Entries<T>, { capacity, policy }: z.infer<typeof bufferOptions>, report: (probe: BufferProbe) => void): Entries<T> {
  const held: Entry<T>[] = [];
  let dropped = 0;
  report({ depth: () => held.length, dropped: () => dropped });

  /** Makes room, or says that there is none for this item. */
  function admit(entry: Entry<T>): boolean {
    if (held.length < capacity) return true;
    if (policy === "error") throw new AppError("OVERLOADED", { detail: `The buffer of ${capacity} items is full` });
    const lost = policy === "drop-oldest" ? held.shift() : entry;
    dropped += 1;
    lost?.origin.release();
    return lost !== entry;
  }

  return {
    async *[Symbol.asyncIterator]() {
      const iterator = source[Symbol.asyncIterator]();
      const news = createBell();
      const room = createBell();
      let isAsked = false;
      let isLeft = false;
      let end: { readonly error?: unknown } | undefined;
      const fill = async () => {
        try {
          while (!isLeft) {
            while (policy === "block" && held.length >= capacity && !isLeft) await room.wait();
            if (isLeft) return;
            isAsked = true;
            const result = await iterator.next();
            isAsked = false;
            if (result.done === true) break;
            if (admit(result.value)) held.push(result.value);
            news.ring();
          }
          end = {};
        } catch (error) {
          isAsked = false;
          end = { error };
        }
        news.ring();
      };
      void fill();
      try {
        for (;;) {
          for (let entry = held.shift(); entry !== undefined; entry = held.shift()) {
            room.ring();
            yield entry;
          }
          if (end !== undefined) {
            if ("error" in end) throw end.error;
            return;
          }
          await news.wait();
        }
      } finally {
        isLeft = true;
        room.ring();
        await leave(iterator, isAsked);
      }
    },
  };
}
