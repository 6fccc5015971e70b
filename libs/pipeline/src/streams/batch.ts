import { z } from "zod";
import { joinOrigins } from "./entry.ts";
import type { Entry } from "./entry.ts";
import type { Machine } from "./machine.ts";

/** When a batch is full: whatever comes first of what is given. */
export const batchOptions = z
  .strictObject({
    /** Most items. */
    count: z.int().positive().optional(),
    /** Most bytes; a larger item is a batch of its own. */
    bytes: z.int().positive().optional(),
    /** Longest wait after the first item, ms. */
    waitMs: z.number().positive().optional(),
  })
  .refine(({ count, bytes, waitMs }) => count !== undefined || bytes !== undefined || waitMs !== undefined, "Say when a batch is full: count, bytes or waitMs");
export type BatchOptions = z.infer<typeof batchOptions>;

/** Size of a value, bytes: of texts and byte arrays their own, of everything else that of its JSON. */
export function sizeOf(value: unknown): number {
  if (value instanceof Uint8Array) return value.byteLength;
  return Buffer.byteLength(typeof value === "string" ? value : (JSON.stringify(value) ?? ""));
}

/** Gathers items into lists; what is left at the end is a batch too, and none is empty. */
export function createBatches<T>({ count = Number.POSITIVE_INFINITY, bytes, waitMs }: BatchOptions): Machine<T, T[]> {
  let held: Entry<T>[] = [];
  let heldBytes = 0;
  let dueAt: number | undefined;
  const flush = (): Entry<T[]>[] => {
    if (held.length === 0) return [];
    const full = held;
    held = [];
    heldBytes = 0;
    dueAt = undefined;
    return [{ value: full.map(({ value }) => value), origin: joinOrigins(full) }];
  };
  return {
    add(entry, now) {
      const size = bytes === undefined ? 0 : sizeOf(entry.value);
      const before = bytes !== undefined && heldBytes + size > bytes ? flush() : [];
      held.push(entry);
      heldBytes += size;
      if (waitMs !== undefined) dueAt ??= now + waitMs;
      const isFull = held.length >= count || (bytes !== undefined && heldBytes >= bytes);
      return isFull ? [...before, ...flush()] : before;
    },
    elapse: (now) => (dueAt !== undefined && dueAt <= now ? flush() : []),
    ...(waitMs === undefined ? {} : { deadline: () => dueAt }),
    end: flush,
  };
}
