import { z } from "zod";

/** What flows of the reference test work on. */
export interface Item {
  value: number;
  tags: string[];
}

/** What a step of the reference test does, all of it in its document. */
export const leafConfig = z.strictObject({
  /** Another one for every step of a document. */
  id: z.number(),
  /** Time it takes, ms; 0: it is over at once. No two sums of delays are equal. */
  delayMs: z.number(),
  does: z.enum(["add", "tag", "scribble"]),
  /** Of a hundred values, so many fail. */
  faults: z.number(),
  panics: z.boolean(),
});
export type LeafConfig = z.infer<typeof leafConfig>;

/** Whether a step fails on an item, on some try: the same answer every time. */
export function isFaulty({ id, faults }: LeafConfig, { value }: Item, attempt: number): boolean {
  let hash = Math.imul(id + 1, 0x9e3779b1) ^ Math.imul(value + 7, 0x85ebca6b) ^ Math.imul(attempt, 0xc2b2ae35);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return (hash ^ (hash >>> 13)) >>> 0 < (faults / 100) * 2 ** 32;
}

/** What a step makes of an item; `scribble` writes into it. */
export function applyLeaf({ id, does }: LeafConfig, item: Item): Item {
  if (does === "add") return { ...item, value: (item.value * 3 + id) % 1_000 };
  if (does === "tag") return { ...item, tags: [...item.tags, `t${id}`] };
  item.tags.push(`s${id}`);
  item.value = (item.value + 1) % 1_000;
  return item;
}
