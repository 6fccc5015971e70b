import { setTimeout as delay } from "node:timers/promises";

/** Waits for a condition with a deadline: the value once `look` gives something other than undefined, null or false. */
export async function eventually<T>(
  look: () => Promise<T | undefined | null | false> | T | undefined | null | false,
  { withinMs = 10_000, what = "the condition" }: { withinMs?: number; what?: string } = {},
): Promise<T> {
  const deadline = Date.now() + withinMs;
  let last: unknown;
  for (;;) {
    try {
      const found = await look();
      if (found !== undefined && found !== null && found !== false) return found;
    } catch (error) {
      last = error;
    }
    if (Date.now() > deadline) throw new Error(`${what} did not come true within ${withinMs} ms`, { cause: last });
    await delay(20);
  }
}
